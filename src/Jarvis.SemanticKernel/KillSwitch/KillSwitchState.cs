namespace Jarvis.SemanticKernel;

/// <summary>The state of one switch: whether what its scope covers may start.</summary>
public sealed record KillSwitchState
{
    /// <summary>Gets what the switch stops.</summary>
    public KillSwitchScope Scope { get; init; } = KillSwitchScope.Global;

    /// <summary>Gets a value indicating whether nothing that the scope covers may start. True also when that cannot be told, see <see cref="Fault"/>.</summary>
    public required bool IsActive { get; init; }

    /// <summary>Gets why the switch was last activated or released; <see langword="null"/> when it never was, and when nobody wrote it down.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets since when, UTC; <see langword="null"/> when it was never changed or nobody wrote it down.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets what becomes of calls under way; <see langword="null"/> when the switch is not active, and when whoever activated it left that to each process.</summary>
    public KillSwitchInFlight? InFlight { get; init; }

    /// <summary>Gets what keeps the state of this switch from being told, as a sentence; <see langword="null"/> when nothing does.</summary>
    public string? Fault { get; init; }
}
