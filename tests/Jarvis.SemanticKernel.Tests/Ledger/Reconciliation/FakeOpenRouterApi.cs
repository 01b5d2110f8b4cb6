using System.Text.Json;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>An endpoint that knows what the test says.</summary>
internal sealed class FakeOpenRouterApi : IOpenRouterApi
{
    private int _asked;
    private int _lists;

    public string GenerationIdPrefix => "gen-";

    public int Asked => Volatile.Read(ref _asked);

    public int Lists => Volatile.Read(ref _lists);

    public Func<string, Task<Generation?>> OnGeneration { get; set; } = _ => Task.FromResult<Generation?>(null);

    public Func<JsonElement?> OnModels { get; set; } = () => null;

    public static Generation Row(decimal? costUsd, bool isFinished = true) => new("vendor/found", "Found", new ModelCallUsage(812, 164, 3, 4, costUsd), isFinished);

    public Task<Generation?> GetGenerationAsync(string id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return OnGeneration(id);
    }

    public Task<KeyUsage?> GetKeyAsync(CancellationToken cancellationToken) => Task.FromResult<KeyUsage?>(null);

    public Task<JsonElement?> GetModelsAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        return Task.FromResult(OnModels());
    }
}
