using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresKillSwitchReleaseStore(PostgresConnections connections, IJarvisDatabase database) : IKillSwitchReleaseStore
{
    private readonly PostgresKillSwitchWrite _write = new(connections, database);

    public Task DeactivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        _write.RunAsync("deactivate", key, valueJson, reason, triggeredBy, at, cancellationToken);
}
