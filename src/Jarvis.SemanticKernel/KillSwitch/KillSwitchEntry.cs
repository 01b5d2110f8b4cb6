namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What a snapshot knows of one switch.</summary>
/// <param name="State">Its state.</param>
/// <param name="ActivatedIn">The version that its newest activation made; zero when it was never activated.</param>
/// <param name="HasRow">Whether its row is there.</param>
/// <param name="SeenBefore">The newest activation that this process saw before.</param>
internal sealed record KillSwitchEntry(KillSwitchState State, long ActivatedIn, bool HasRow, KillSwitchState? SeenBefore)
{
    /// <summary>Gets the newest activation that this process saw; null when it saw none.</summary>
    public KillSwitchState? LastActivation => State is { IsActive: true, Fault: null } ? State : SeenBefore;

    /// <summary>What those are told whom an activation stops that may be released already.</summary>
    public KillSwitchState AsActivation() =>
        LastActivation ?? new KillSwitchState { Scope = State.Scope, IsActive = true, Reason = "it was activated while this call was under way" };

    public KillSwitchEntry Join(KillSwitchEntry twin) => new(
        State.IsActive ? State : twin.State, Math.Max(ActivatedIn, twin.ActivatedIn), HasRow || twin.HasRow, SeenBefore);
}
