using System.Data.Common;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What activating and releasing have in common: what is accepted, and what a failure of the database looks like.</summary>
internal static class KillSwitchChange
{
    private const int LongestReason = 2000;
    private const int LongestName = 200;

    public static void Validate(string reason, string triggeredBy)
    {
        Check(reason, nameof(reason), LongestReason, "say why, everybody who is stopped reads it");
        Check(triggeredBy, nameof(triggeredBy), LongestName, "say who, for example 'cli', 'api', 'agent' or a name");
    }

    /// <summary>Runs an action on the store; its failures become the one exception that callers know.</summary>
    public static async Task WriteAsync(IKillSwitchStore store, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            // Tried first: a stop must not wait for a schema that it does not need.
            await action(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException)
        {
            await PrepareAndWriteAsync(store, action, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KillSwitchUnavailableException(KillSwitchFault.Describe(e), e);
        }
    }

    private static async Task PrepareAndWriteAsync(IKillSwitchStore store, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await store.PrepareAsync(cancellationToken).ConfigureAwait(false);
            await action(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KillSwitchUnavailableException(KillSwitchFault.Describe(e), e);
        }
    }

    private static void Check(string text, string name, int longest, string hint)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, name);
        if (text.Length > longest)
        {
            throw new ArgumentException($"At most {longest} characters are accepted, {text.Length} were given; {hint}.", name);
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A NUL character cannot be stored.", name);
        }
    }
}
