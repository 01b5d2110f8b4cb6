namespace Jarvis.SemanticKernel.Testing;

/// <summary>What <c>/generation</c> answers to one question about a call, in place of the row that it would show. Immutable.</summary>
public sealed class SimulatedGenerationRead
{
    private SimulatedGenerationRead(SimulatedReply? reply = null) => Reply = reply;

    /// <summary>Gets 404, as long as the row does not exist.</summary>
    public static SimulatedGenerationRead NotFound { get; } = new();

    /// <summary>Gets the row before the call is accounted for: no tokens, no cost, no finish reason.</summary>
    public static SimulatedGenerationRead NotFinished { get; } = new();

    internal SimulatedReply? Reply { get; }

    /// <summary>Makes an answer of its own.</summary>
    /// <param name="reply"><see cref="SimulatedReply.Error"/>, another error status, or <see cref="SimulatedReply.Raw"/>; delays and cuts of it hold too.</param>
    /// <returns>The answer.</returns>
    public static SimulatedGenerationRead Of(SimulatedReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return new SimulatedGenerationRead(reply);
    }
}
