namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What came of one read of the switches.</summary>
/// <param name="StartedAt">When the read began, by the guard's clock: the states may be older than its arrival, never older than this.</param>
/// <param name="Snapshot">What was read; null when the read itself failed, or did not come back in time.</param>
/// <param name="Fault">Why it failed, as a sentence.</param>
/// <param name="Cause">What it failed with.</param>
internal sealed record KillSwitchReading(long StartedAt, KillSwitchSnapshot? Snapshot, string? Fault, Exception? Cause)
{
    public KillSwitchReading With(KillSwitchState activation) => Snapshot is null ? this : this with { Snapshot = Snapshot.With(activation) };
}
