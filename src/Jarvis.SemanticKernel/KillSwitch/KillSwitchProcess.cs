namespace Jarvis.SemanticKernel;

/// <summary>A process that acts on the kill switch, as it wrote itself into the database.</summary>
/// <param name="Id">Made when the process starts to act on the switch of this database.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Pid">Its number on that machine.</param>
/// <param name="Program">The name of its program, without path and arguments.</param>
/// <param name="StartedAt">Since when it acts on the switch, UTC, by the database's clock.</param>
/// <param name="LastSeenAt">When it was last seen, UTC, by the database's clock.</param>
/// <param name="IsLive">False when it was not seen for 30 seconds: it was stopped, has crashed, or cannot reach the database.</param>
/// <param name="SwitchVersion">The version of the switch that everything in it acts on. Higher is newer.</param>
public sealed record KillSwitchProcess(
    Guid Id, string Host, int Pid, string Program, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, bool IsLive, long SwitchVersion);
