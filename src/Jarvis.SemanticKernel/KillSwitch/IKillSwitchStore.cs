namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The shared state of all switches, without the power to release one.</summary>
internal interface IKillSwitchStore
{
    /// <summary>
    /// Makes sure that the tables can be read (creating or migrating them where that is allowed). Separate from reading because a first use may take
    /// longer than a read may.
    /// </summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Reads everything that is known of all switches, as it was at one moment, in one query.</summary>
    Task<KillSwitchRows> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Sets the value of <paramref name="key"/> and writes an audit row with the action 'activate', in one transaction.</summary>
    Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Reads the newest audit rows, newest first.</summary>
    Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>The power to release a switch: in the container only where an operator was asked for.</summary>
internal interface IKillSwitchReleaseStore
{
    /// <summary>Sets the value of <paramref name="key"/> and writes an audit row with the action 'deactivate', in one transaction.</summary>
    Task DeactivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>What one read found.</summary>
/// <param name="Version">Counted up by every change of any switch, whoever makes it.</param>
/// <param name="Rows">The global switch and every other that has a row or was ever activated.</param>
internal sealed record KillSwitchRows(long Version, IReadOnlyList<KillSwitchRow> Rows);

/// <summary>What the store holds of one switch.</summary>
/// <param name="Key">Its key in agent_state.</param>
/// <param name="Value">Null when there is no row, "null" for a JSON null and for an SQL NULL.</param>
/// <param name="NewestAuditAction">What the newest audit row of this switch says; looked up only when there is no row, null otherwise.</param>
/// <param name="ActivatedIn">The version that its newest activation made; zero when it was never activated.</param>
internal readonly record struct KillSwitchRow(string Key, string? Value, string? NewestAuditAction, long ActivatedIn);
