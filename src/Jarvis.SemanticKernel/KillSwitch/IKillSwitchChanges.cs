namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What the database says of changes of the switch, whoever makes them.</summary>
internal interface IKillSwitchChanges
{
    /// <summary>Gets a value indicating whether the database tells of changes at all; where it does not, the switch has to be read often enough.</summary>
    bool CanBeHeard { get; }

    /// <summary>Listens until cancelled, or until it hears no more, which is an exception.</summary>
    /// <param name="onHearing">Called when it is proven that changes are heard, again and again while they are.</param>
    /// <param name="onChange">Called for each change, and once when listening begins: something may have changed before.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken);
}
