namespace Jarvis.SemanticKernel;

/// <summary>The endpoint does not accept the key, or the key may not do this. Another try fails alike.</summary>
public sealed class KeyRefusedException : ModelCallException
{
    internal KeyRefusedException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
