namespace Jarvis.SemanticKernel;

/// <summary>
/// Stops every model call and every tool of every process that shares the database, until a person releases it. It can be asked and activated here; only
/// <see cref="IKillSwitchOperator"/> can release it. Thread-safe.
/// </summary>
public interface IKillSwitch
{
    /// <summary>Gets a token that is cancelled as soon as this process knows that the switch is active. Ask again after a release.</summary>
    CancellationToken StopToken { get; }

    /// <summary>Gets the state, at most <see cref="KillSwitchOptions.CacheDuration"/> old.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The state.</returns>
    /// <exception cref="KillSwitchUnavailableException">The state cannot be read: nothing may start.</exception>
    ValueTask<KillSwitchState> GetStateAsync(CancellationToken cancellationToken = default);

    /// <summary>Throws when nothing may start. Takes nanoseconds and allocates nothing while the last read is fresh.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that ends when calls may start.</returns>
    /// <exception cref="KillSwitchActiveException">The switch is active.</exception>
    /// <exception cref="KillSwitchUnavailableException">The state cannot be read: nothing may start.</exception>
    ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken = default);

    /// <summary>Activates the switch. Activating it again is no error and leaves its own trace in the history.</summary>
    /// <param name="reason">Why; 1 to 2,000 characters. Everybody who is stopped reads it.</param>
    /// <param name="triggeredBy">Who: <c>cli</c>, <c>api</c>, <c>agent</c> or a name; 1 to 200 characters.</param>
    /// <param name="cancellationToken">Stops waiting; the switch may be active all the same.</param>
    /// <returns>A task that ends when the activation is committed. This process is stopped by then, in all of its containers that share the database.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> or <paramref name="triggeredBy"/> is empty or too long.</exception>
    /// <exception cref="KillSwitchUnavailableException">The switch could not be written.</exception>
    Task ActivateAsync(string reason, string triggeredBy, CancellationToken cancellationToken = default);

    /// <summary>Gets the newest changes, newest first.</summary>
    /// <param name="limit">How many at most, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The changes.</returns>
    /// <exception cref="KillSwitchUnavailableException">The history cannot be read.</exception>
    Task<IReadOnlyList<KillSwitchAuditEntry>> GetHistoryAsync(int limit = 20, CancellationToken cancellationToken = default);
}
