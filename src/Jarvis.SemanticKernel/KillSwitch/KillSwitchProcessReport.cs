namespace Jarvis.SemanticKernel;

/// <summary>Which processes act on the kill switch, and on which version of it.</summary>
public sealed record KillSwitchProcessReport
{
    /// <summary>Gets the version of the switch in the database: one more with each change of any scope, whoever made it.</summary>
    public required long CurrentVersion { get; init; }

    /// <summary>Gets when this was read, UTC, by the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the processes, the longest running first. Silent ones are among them for a day.</summary>
    public required IReadOnlyList<KillSwitchProcess> Processes { get; init; }
}
