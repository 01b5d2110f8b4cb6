namespace Jarvis.SemanticKernel;

/// <summary>The provider or the endpoint is down, overloaded, out of reach, or failed by its own fault. It may work later.</summary>
public sealed class ProviderUnavailableException : ModelCallException
{
    internal ProviderUnavailableException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
