namespace Jarvis.SemanticKernel.TestWorker;

/// <summary>A process of its own for tests: the first argument says what it does, the others are for that.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args[0] switch
    {
        "steady" => SteadyCalls.RunAsync(args[1..]),
        "mixed" => MixedCalls.RunAsync(args[1..]),
        "replay" => JournalReplays.RunAsync(args[1..]),
        var other => throw new ArgumentException($"'{other}' is nothing that this program does."),
    };
}
