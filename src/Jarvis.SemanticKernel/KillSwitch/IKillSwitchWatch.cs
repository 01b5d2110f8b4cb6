namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Tells a guard of changes that others make, for as long as the process lives.</summary>
internal interface IKillSwitchWatch
{
    /// <summary>
    /// Starts watching in the background, once; later calls do nothing. Calls <see cref="KillSwitchGuard.Invalidate"/> when something changed or may have been missed,
    /// and <see cref="KillSwitchGuard.Look"/> every so often while changes cannot be heard.
    /// </summary>
    void Start(KillSwitchGuard guard);
}
