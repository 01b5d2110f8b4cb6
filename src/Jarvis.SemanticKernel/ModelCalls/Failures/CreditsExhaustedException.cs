namespace Jarvis.SemanticKernel;

/// <summary>The account cannot pay for the call, counted with all the tokens that it may produce. Another try fails alike until credits are added.</summary>
public sealed class CreditsExhaustedException : ModelCallException
{
    internal CreditsExhaustedException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
