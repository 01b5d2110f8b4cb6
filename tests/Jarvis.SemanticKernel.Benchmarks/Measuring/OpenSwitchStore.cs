using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>A switch that is open and costs nothing to read, to measure the chain without a database.</summary>
internal sealed class OpenSwitchStore : IKillSwitchStore
{
    public ValueTask PrepareAsync(CancellationToken cancellationToken) => default;

    public Task<KillSwitchRows> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new KillSwitchRows(0, []));

    public Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken) => throw new NotSupportedException();
}
