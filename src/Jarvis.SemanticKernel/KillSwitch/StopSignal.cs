using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>A token that is cancelled while the switch is active, and a new one after each release. Changes are made under the guard's lock.</summary>
[SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "See CA1001.")]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing, and others may still be registering with it.")]
internal sealed class StopSignal
{
    private CancellationTokenSource _source = new();

    public CancellationToken Token => Volatile.Read(ref _source).Token;

    public void Set(bool isActive)
    {
        if (isActive && !_source.IsCancellationRequested)
        {
            // What hangs on the token runs on other threads: a slow or throwing listener neither delays nor breaks the guard.
            _ = _source.CancelAsync();
        }
        else if (!isActive && _source.IsCancellationRequested)
        {
            Volatile.Write(ref _source, new CancellationTokenSource());
        }
    }
}
