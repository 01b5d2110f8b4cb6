namespace Jarvis.SemanticKernel;

/// <summary>How a switch is activated.</summary>
public sealed record KillSwitchActivation
{
    /// <summary>Gets what is stopped.</summary>
    /// <value>The default is <see cref="KillSwitchScope.Global"/>.</value>
    public KillSwitchScope Scope { get; init; } = KillSwitchScope.Global;

    /// <summary>Gets what becomes of calls under way, in every process and whatever its own setting.</summary>
    /// <value>The default, <see langword="null"/>, leaves it to each process's <see cref="KillSwitchOptions.InFlight"/>.</value>
    public KillSwitchInFlight? InFlight { get; init; }
}
