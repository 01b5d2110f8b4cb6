using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>SQLite tells nobody in another process of a change.</summary>
internal sealed class SqliteKillSwitchChanges : IKillSwitchChanges
{
    public bool CanBeHeard => false;

    public Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken) => throw new NotSupportedException();
}
