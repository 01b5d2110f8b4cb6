namespace Jarvis.SemanticKernel.Cli;

/// <summary>A command that was understood and asks for what there is not. Its text is for people.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>What the package says of a bad argument, without the name that the argument has in code.</summary>
    public static UsageException Of(ArgumentException exception) => new(exception.Message.Split(" (Parameter '")[0]);
}
