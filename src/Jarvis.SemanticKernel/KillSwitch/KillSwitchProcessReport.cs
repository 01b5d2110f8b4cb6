namespace Jarvis.SemanticKernel;

/// <summary>Which processes act on the kill switch, and on which version of it.</summary>
/// <param name="CurrentVersion">The version of the switch in the database: one more with each change, whoever made it.</param>
/// <param name="At">When this was read, UTC, by the database's clock.</param>
/// <param name="Processes">The processes, the longest running first. Silent ones are among them for a day.</param>
public sealed record KillSwitchProcessReport(long CurrentVersion, DateTimeOffset At, IReadOnlyList<KillSwitchProcess> Processes);
