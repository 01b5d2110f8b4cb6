using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// A call under way. When a switch that covers it is activated, the waits between its attempts end at once, and an attempt under way finishes: it is paid for.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and a stop may still be on its way to it.")]
internal sealed class StopLink : IDisposable
{
    private static readonly HttpRequestOptionsKey<StopLink> Key = new("Jarvis.StopLink");

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _callerRegistration;
    private readonly Lock _gate = new();
    private KillSwitchState? _stoppedBy;
    private int _passes;

    public StopLink(HttpRequestMessage request, KillSwitchSubject subject, CancellationToken caller)
    {
        Subject = subject;
        request.Options.Set(Key, this);
        _callerRegistration = caller.UnsafeRegister(static link => ((StopLink)link!)._source.Cancel(), this);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Gets what the call is about.</summary>
    public KillSwitchSubject Subject { get; }

    /// <summary>Gets the switch that stopped the call; null while none did.</summary>
    public KillSwitchState? StoppedBy
    {
        get
        {
            lock (_gate)
            {
                return _stoppedBy;
            }
        }
    }

    /// <summary>Gets or sets who is to stop the call, until it is over.</summary>
    public IDisposable? Watch { get; set; }

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
            isOver = _stoppedBy is not null && _passes == 0;
        }

        if (isOver)
        {
            _source.Cancel();
        }
    }

    /// <summary>Stops the call. The first word counts. What hangs on the token runs on other threads, so that nobody waits for it here.</summary>
    public void Stop(KillSwitchState state)
    {
        bool isWaiting;
        lock (_gate)
        {
            isWaiting = _stoppedBy is null && _passes == 0;
            _stoppedBy ??= state;
        }

        if (isWaiting)
        {
            _ = _source.CancelAsync();
        }
    }

    public void Dispose()
    {
        Watch?.Dispose();
        _callerRegistration.Dispose();
    }
}
