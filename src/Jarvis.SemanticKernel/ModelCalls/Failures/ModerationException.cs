namespace Jarvis.SemanticKernel;

/// <summary>The prompt or the answer was refused for what it says. What was found is not kept: it quotes the prompt.</summary>
public sealed class ModerationException : ModelCallException
{
    internal ModerationException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
