namespace Jarvis.SemanticKernel;

/// <summary>OpenRouter did not say what is left.</summary>
/// <param name="message">Why, without anything of the answer's own text.</param>
/// <param name="innerException">The cause.</param>
public sealed class CreditsUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
