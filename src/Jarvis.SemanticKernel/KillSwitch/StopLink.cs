using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Ends the waits between attempts at once when the switch becomes active, and lets an attempt under way finish: it is paid for.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and a stop may still be on its way to it.")]
internal sealed class StopLink : IDisposable
{
    private static readonly HttpRequestOptionsKey<StopLink> Key = new("Jarvis.StopLink");

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly CancellationTokenRegistration _stopRegistration;
    private readonly Lock _gate = new();
    private bool _isStopped;
    private int _passes;

    public StopLink(HttpRequestMessage request, CancellationToken stop, CancellationToken caller)
    {
        request.Options.Set(Key, this);
        _callerRegistration = caller.UnsafeRegister(static link => ((StopLink)link!)._source.Cancel(), this);
        _stopRegistration = stop.UnsafeRegister(static link => ((StopLink)link!).Stop(), this);
    }

    public CancellationToken Token => _source.Token;

    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _isStopped;
            }
        }
    }

    public static StopLink? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out StopLink? link) ? link : null;

    public void EnterAttempt()
    {
        lock (_gate)
        {
            _passes++;
        }
    }

    public void LeaveAttempt()
    {
        bool isOver;
        lock (_gate)
        {
            _passes--;
            isOver = _isStopped && _passes == 0;
        }

        if (isOver)
        {
            _source.Cancel();
        }
    }

    public void Dispose()
    {
        _stopRegistration.Dispose();
        _callerRegistration.Dispose();
    }

    private void Stop()
    {
        bool isWaiting;
        lock (_gate)
        {
            _isStopped = true;
            isWaiting = _passes == 0;
        }

        if (isWaiting)
        {
            _source.Cancel();
        }
    }
}
