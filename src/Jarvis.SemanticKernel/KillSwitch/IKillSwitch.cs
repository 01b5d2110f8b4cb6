namespace Jarvis.SemanticKernel;

/// <summary>
/// Stops model calls and tools in every process that shares the database, until a person releases them: all of them, or those of one tier, model, agent or goal. It can
/// be asked and activated here; only <see cref="IKillSwitchOperator"/> can release it. Thread-safe.
/// </summary>
public interface IKillSwitch
{
    /// <summary>Gets a token that is cancelled as soon as this process knows that the global switch is active. Ask again after a release.</summary>
    CancellationToken StopToken { get; }

    /// <summary>Gets the state of the global switch, at most <see cref="KillSwitchOptions.CacheDuration"/> old.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The state.</returns>
    /// <exception cref="KillSwitchUnavailableException">The state cannot be read: nothing may start.</exception>
    ValueTask<KillSwitchState> GetStateAsync(CancellationToken cancellationToken = default);

    /// <summary>Gets the states of all switches, at most <see cref="KillSwitchOptions.CacheDuration"/> old.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>That of the global switch first, then those of all others that were ever used. One that cannot be told is there with its <see cref="KillSwitchState.Fault"/>.</returns>
    /// <exception cref="KillSwitchUnavailableException">The states cannot be read: nothing may start.</exception>
    ValueTask<IReadOnlyList<KillSwitchState>> GetStatesAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Throws when the code that asks may start nothing: because of the global switch, or of one for the agent and goal of its <see cref="JarvisScope"/> or for the tier,
    /// model, agent and goal of the calls around it. Takes nanoseconds and allocates nothing while the last read is fresh and no switch is active.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that ends when calls may start.</returns>
    /// <exception cref="KillSwitchActiveException">A switch is active.</exception>
    /// <exception cref="KillSwitchUnavailableException">The state cannot be read: nothing may start.</exception>
    ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Activates a switch. Activating it again is no error and leaves its own trace in the history.</summary>
    /// <param name="reason">Why; 1 to 2,000 characters. Everybody who is stopped reads it.</param>
    /// <param name="triggeredBy">Who: <c>cli</c>, <c>api</c>, <c>agent</c> or a name; 1 to 200 characters.</param>
    /// <param name="activation">What is stopped; by default everything.</param>
    /// <param name="cancellationToken">Stops waiting; the switch may be active all the same.</param>
    /// <returns>A task that ends when the activation is committed. This process is stopped by then, in all of its containers that share the database.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> or <paramref name="triggeredBy"/> is empty or too long.</exception>
    /// <exception cref="KillSwitchUnavailableException">The switch could not be written.</exception>
    Task ActivateAsync(string reason, string triggeredBy, KillSwitchActivation? activation = null, CancellationToken cancellationToken = default);

    /// <summary>Gets the newest changes of all switches, newest first.</summary>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The changes.</returns>
    /// <exception cref="KillSwitchUnavailableException">The history cannot be read.</exception>
    Task<IReadOnlyList<KillSwitchAuditEntry>> GetHistoryAsync(int limit = 20, CancellationToken cancellationToken = default);
}
