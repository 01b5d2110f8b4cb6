namespace Jarvis.SemanticKernel;

/// <summary>How a switch is activated.</summary>
public sealed record KillSwitchActivation
{
    /// <summary>Gets what is stopped.</summary>
    /// <value>The default is <see cref="KillSwitchScope.Global"/>.</value>
    public KillSwitchScope Scope { get; init; } = KillSwitchScope.Global;
}
