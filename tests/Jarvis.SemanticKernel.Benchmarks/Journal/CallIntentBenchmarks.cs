using System.Diagnostics.CodeAnalysis;
using BenchmarkDotNet.Attributes;
using Jarvis.SemanticKernel.Ledger.Journal;

namespace Jarvis.SemanticKernel.Benchmarks.Journal;

/// <summary>What the journal adds to every call: noting it, noting its generation id, forgetting it.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Disposed by the clean-up that the benchmark runs.")]
public class CallIntentBenchmarks
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-benchmarks-");
    private readonly CallIntents _intents;
    private readonly HttpRequestMessage _request = new();
    private readonly ModelCallContext _call;

    public CallIntentBenchmarks()
    {
        _intents = new CallIntents(new JournalFolder(_folder.FullName), TimeProvider.System);
        _call = new ModelCallContext(_request, Tier.Mid, "anthropic/claude-sonnet-4.5", CancellationToken.None)
        {
            Attribution = new CallAttribution { GoalId = 42, Agent = "restocker", Function = "Stock.Order", RunId = "01a20c5ef8157d919551", Route = "with_tier" },
        };
    }

    [Benchmark]
    public void NotedAndForgotten()
    {
        ICallIntent intent = _intents.Begin(_call);
        _call.GenerationId = "gen-1753190400-AbCdEfGhIjKlMnOpQrSt";
        intent.Settle(_call);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _intents.Dispose();
        _request.Dispose();
        _folder.Delete(recursive: true);
    }
}
