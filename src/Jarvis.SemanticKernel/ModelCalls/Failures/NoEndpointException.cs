namespace Jarvis.SemanticKernel;

/// <summary>The model exists, and no provider is left that may serve the call: region, privacy, price and other preferences exclude all of them.</summary>
public sealed class NoEndpointException : ModelCallException
{
    internal NoEndpointException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
