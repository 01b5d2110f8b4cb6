using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>A model call failed. Its record is in the ledger. Where the upstream said why, the exception is of a derived type.</summary>
public class ModelCallException : KernelException
{
    internal ModelCallException(string message, ModelCallContext call, Exception? innerException)
        : base(message, innerException)
    {
        CallId = call.CallId;
        Tier = call.Tier;
        Model = call.Model ?? call.RequestedModel;
        GenerationId = call.GenerationId;
        Status = call.Status ?? AiCallStatus.Error;
        Error = call.Error;
    }

    /// <summary>Gets the id of the call in the ledger.</summary>
    public Guid CallId { get; }

    /// <summary>Gets the tier that served the call.</summary>
    public string Tier { get; }

    /// <summary>Gets the model that failed.</summary>
    public string Model { get; }

    /// <summary>Gets the upstream's id of the call, or <see langword="null"/>.</summary>
    public string? GenerationId { get; }

    /// <summary>Gets what became of the call.</summary>
    public AiCallStatus Status { get; }

    /// <summary>Gets what the upstream said, or <see langword="null"/> when it said nothing.</summary>
    public ModelCallError? Error { get; }
}
