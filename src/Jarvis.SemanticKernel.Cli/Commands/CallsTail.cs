using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Shows calls as they are recorded. A call is recorded when it is over, so one that started long before may come late.</summary>
internal static class CallsTail
{
    // What started last is looked at; a stream may take hours.
    private const int Looked = 1000;

    private static readonly TimeSpan LongestCall = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(CommandRun run, int limit, DateTimeOffset? since, AiCallStatus? status, CancellationToken interrupted)
    {
        DateTimeOffset from = since ?? DateTimeOffset.UnixEpoch;
        IReadOnlyList<CallLine> calls = await run.Costs.GetCallsAsync(Looked, since, status, interrupted);
        HashSet<string> seen = [.. calls.Select(Name)];
        Show(run, calls.Take(limit));
        try
        {
            while (true)
            {
                await Task.Delay(Pause, interrupted);
                DateTimeOffset recent = TimeProvider.System.GetUtcNow() - LongestCall;
                calls = await run.Costs.GetCallsAsync(Looked, from > recent ? from : recent, status, interrupted);
                Show(run, calls.Where(call => seen.Add(Name(call))));
                seen.IntersectWith(calls.Select(Name));
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            JournalCount journal = await JournalCount.ReadAsync(run.Journal, CancellationToken.None);
            run.Begin(journal.Show);
            return ExitCode.Ok;
        }
    }

    private static void Show(CommandRun run, IEnumerable<CallLine> newestFirst)
    {
        foreach (CallLine call in newestFirst.Reverse())
        {
            run.Print(CallDocument.From(call), CliJsonLines.Default.CallDocument, screen => screen.Row(CallWords.Row(call)));
        }
    }

    private static string Name(CallLine call) => call.CallId?.ToString() ?? $"{call.AiCallId}";
}
