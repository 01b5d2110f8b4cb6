namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What the filters and handlers ask.</summary>
internal interface IKillSwitchGate
{
    /// <summary>Throws when the subject may not start, and remembers it for the calls around it.</summary>
    ValueTask ThrowIfStoppedAsync(KillSwitchSubject subject, CancellationToken cancellationToken);

    /// <summary>Stops the call when a switch that covers it is activated, until the result is disposed.</summary>
    IDisposable Watch(StopLink link);
}
