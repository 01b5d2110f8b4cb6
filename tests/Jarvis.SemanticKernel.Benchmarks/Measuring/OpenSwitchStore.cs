using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>A switch that is open and costs nothing to read, to measure the chain without a database.</summary>
internal sealed class OpenSwitchStore : IKillSwitchStore
{
    public ValueTask PrepareAsync(CancellationToken cancellationToken) => default;

    public Task<KillSwitchRow> ReadAsync(string key, CancellationToken cancellationToken) => Task.FromResult(default(KillSwitchRow));

    public Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
