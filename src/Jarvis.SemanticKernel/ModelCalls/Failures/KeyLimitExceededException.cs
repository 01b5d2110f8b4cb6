namespace Jarvis.SemanticKernel;

/// <summary>The key, or the workspace or guardrail it belongs to, has reached its spending limit. Another try fails alike until the limit is raised or starts anew.</summary>
public sealed class KeyLimitExceededException : ModelCallException
{
    internal KeyLimitExceededException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
