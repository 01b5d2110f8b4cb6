namespace Jarvis.SemanticKernel;

/// <summary>What becomes of the calls that are under way when the kill switch is activated. Nothing new starts either way, and waits between attempts end at once.</summary>
public enum KillSwitchInFlight
{
    /// <summary>Calls and streams under way complete: they are paid for.</summary>
    Finish,

    /// <summary>
    /// Calls and streams under way are cut: their connections are closed, their callers get a <see cref="KillSwitchActiveException"/>, and each is recorded as
    /// <see cref="AiCallStatus.Cancelled"/> with what is known of its cost by then.
    /// </summary>
    Cancel,
}
