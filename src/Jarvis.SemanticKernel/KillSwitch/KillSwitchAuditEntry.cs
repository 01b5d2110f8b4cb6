namespace Jarvis.SemanticKernel;

/// <summary>One change of the kill switch.</summary>
/// <param name="Id">The order in which the changes took effect.</param>
/// <param name="Action"><c>activate</c> or <c>deactivate</c>.</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="TriggeredBy">Who did it: <c>cli</c>, <c>api</c>, <c>agent</c> or a name.</param>
/// <param name="At">When, UTC.</param>
public sealed record KillSwitchAuditEntry(long Id, string Action, string Reason, string TriggeredBy, DateTimeOffset At);
