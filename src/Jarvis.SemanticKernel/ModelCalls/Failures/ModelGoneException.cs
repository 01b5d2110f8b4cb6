namespace Jarvis.SemanticKernel;

/// <summary>The model does not exist, or is not offered any more. Set another one for the tier.</summary>
public sealed class ModelGoneException : ModelCallException
{
    internal ModelGoneException(string message, ModelCallContext call, Exception? innerException)
        : base(message, call, innerException)
    {
    }
}
