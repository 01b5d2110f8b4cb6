namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Shows every report at once, in the order in which they come.</summary>
internal sealed class ProgressOf<T>(ProgressLine line, Func<T, string> describe) : IProgress<T>
{
    public void Report(T value) => line.Show(() => describe(value));
}
