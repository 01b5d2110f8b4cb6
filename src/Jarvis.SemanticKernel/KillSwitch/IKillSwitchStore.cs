namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The shared state of the switch, without the power to release it.</summary>
internal interface IKillSwitchStore
{
    /// <summary>
    /// Makes sure that the tables can be read (creating or migrating them where that is allowed). Separate from reading because a first use may take
    /// longer than a read may.
    /// </summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Reads the raw state of <paramref name="key"/> and what the newest audit row says, in one query.</summary>
    Task<KillSwitchRow> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Sets the value of <paramref name="key"/> and writes an audit row with the action 'activate', in one transaction.</summary>
    Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Reads the newest audit rows, newest first.</summary>
    Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>The power to release the switch: in the container only where an operator was asked for.</summary>
internal interface IKillSwitchReleaseStore
{
    /// <summary>Sets the value of <paramref name="key"/> and writes an audit row with the action 'deactivate', in one transaction.</summary>
    Task DeactivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>What the store holds. <paramref name="Value"/> is null when there is no row, "null" for a JSON null.</summary>
internal readonly record struct KillSwitchRow(string? Value, string? NewestAuditAction);
