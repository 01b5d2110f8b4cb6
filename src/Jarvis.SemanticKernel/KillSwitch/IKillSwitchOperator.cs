namespace Jarvis.SemanticKernel;

/// <summary>Releases the kill switch. In the container only where <c>AddJarvisOperator</c> put it: not in an agent's process. Thread-safe.</summary>
public interface IKillSwitchOperator
{
    /// <summary>Releases one switch; all others stay as they are. Releasing one that is not active is no error and leaves its own trace in the history.</summary>
    /// <param name="reason">Why; 1 to 2,000 characters.</param>
    /// <param name="triggeredBy">Who: <c>cli</c>, <c>api</c> or a name; 1 to 200 characters.</param>
    /// <param name="scope">Which switch; by default the global one.</param>
    /// <param name="cancellationToken">Stops waiting; the switch may be released all the same.</param>
    /// <returns>A task that ends when the release is committed.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> or <paramref name="triggeredBy"/> is empty or too long.</exception>
    /// <exception cref="KillSwitchUnavailableException">The switch could not be written.</exception>
    Task DeactivateAsync(string reason, string triggeredBy, KillSwitchScope? scope = null, CancellationToken cancellationToken = default);
}
