namespace Jarvis.SemanticKernel;

/// <summary>A process that acts on the kill switch, as it wrote itself into the database. Its times are by the database's clock.</summary>
public sealed record KillSwitchProcess
{
    /// <summary>Gets its id, made when it starts to act on the switch of this database.</summary>
    public required Guid Id { get; init; }

    /// <summary>Gets the name of its machine.</summary>
    public required string Host { get; init; }

    /// <summary>Gets its number on that machine.</summary>
    public required int Pid { get; init; }

    /// <summary>Gets the name of its program, without path and arguments.</summary>
    public required string Program { get; init; }

    /// <summary>Gets since when it acts on the switch, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets when it was last seen, UTC.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>Gets a value indicating whether it was seen within the last 30 seconds. If not, it is stopped, has crashed, or cannot reach the database.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Gets the version of the switch that everything in it acts on. Higher is newer.</summary>
    public required long SwitchVersion { get; init; }
}
