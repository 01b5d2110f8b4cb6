using System.Diagnostics;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>One line on the terminal that says how far something is, if it takes longer than a second. It is gone in the end; a pipe never sees it.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal = Terminal.ForErrors();
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private long? _shownAt;

    public void Show(Func<string> text)
    {
        if (Stopwatch.GetElapsedTime(_startedAt) >= Before && (_shownAt is not { } shownAt || Stopwatch.GetElapsedTime(shownAt) >= Between))
        {
            _shownAt = Stopwatch.GetTimestamp();
            _terminal.Rewrite(text());
        }
    }

    public void Dispose()
    {
        if (_shownAt is not null)
        {
            _terminal.Rewrite("");
        }
    }
}
