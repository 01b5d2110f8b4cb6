namespace Jarvis.SemanticKernel;

/// <summary>The prompt, with the tokens asked for, is too long for the model or for the endpoint.</summary>
public sealed class ContextLengthExceededException : ModelCallException
{
    internal ContextLengthExceededException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
