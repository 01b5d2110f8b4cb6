namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Makes the tables readable, once. A first use may have to create them, which takes longer than a read may.</summary>
internal sealed class KillSwitchPreparation(IKillSwitchStore store, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private bool _isDone;

    /// <returns>True when it was this call that did it.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isDone))
        {
            return false;
        }

        try
        {
            await store.PrepareAsync(cancellationToken).AsTask().WaitAsync(Timeout, time, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _isDone, true);
            return true;
        }
        catch (TimeoutException e)
        {
            throw new KillSwitchUnavailableException($"the database was not ready after {Timeout.TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KillSwitchUnavailableException(KillSwitchFault.Describe(e), e);
        }
    }
}
