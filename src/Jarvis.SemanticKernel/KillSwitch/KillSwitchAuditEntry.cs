namespace Jarvis.SemanticKernel;

/// <summary>One change of a switch.</summary>
public sealed record KillSwitchAuditEntry
{
    /// <summary>Gets the order in which the changes took effect.</summary>
    public required long Id { get; init; }

    /// <summary>Gets which switch was changed. Changes that another program wrote are those of <see cref="KillSwitchScope.Global"/>.</summary>
    public KillSwitchScope Scope { get; init; } = KillSwitchScope.Global;

    /// <summary>Gets <c>activate</c> or <c>deactivate</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Gets why, in the words of whoever did it.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets who did it: <c>cli</c>, <c>api</c>, <c>agent</c> or a name.</summary>
    public required string TriggeredBy { get; init; }

    /// <summary>Gets when, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
