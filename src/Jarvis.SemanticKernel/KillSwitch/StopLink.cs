using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// A call under way, to the end of its stream if it has one. When a switch that covers it is activated, the waits between its attempts end at once, and an attempt under way
/// finishes, since it is paid for, unless whoever pulled the switch wants it cut.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and a stop may still be on its way to it.")]
internal sealed class StopLink : IAttemptBreak, IDisposable
{
    private static readonly HttpRequestOptionsKey<StopLink> Key = new("Jarvis.StopLink");

    private readonly CancellationToken _caller;
    private readonly Lock _gate = new();

    // Of the waits between attempts, which hardly any call has.
    private CancellationTokenSource? _waiting;
    private CancellationTokenRegistration _callerRegistration;
    private KillSwitchState? _stoppedBy;
    private KillSwitchState? _cutBy;
    private ModelCallContext? _attempt;
    private int _passes;
    private bool _hasReturned;

    public StopLink(HttpRequestMessage request, KillSwitchSubject subject, CancellationToken caller)
    {
        (Subject, _caller) = (subject, caller);
        request.Options.Set(Key, this);
        if (TierRequest.Of(request) is { } tier)
        {
            (tier.Break, tier.Caller) = (this, caller);
        }
    }

    /// <summary>Gets what is cancelled while no attempt is under way, when the caller gives up or the call is stopped.</summary>
    public CancellationToken Token
    {
        get
        {
            CancellationTokenSource waiting;
            bool isStopped;
            lock (_gate)
            {
                if (_waiting is not null)
                {
                    return _waiting.Token;
                }

                _waiting = waiting = new CancellationTokenSource();
                isStopped = _stoppedBy is not null && _passes == 0;
            }

            if (isStopped)
            {
                waiting.Cancel();
            }

            _callerRegistration = _caller.UnsafeRegister(static waiting => ((CancellationTokenSource)waiting!).Cancel(), waiting);
            return waiting.Token;
        }
    }

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

    /// <summary>Begins an attempt, unless the call was stopped while none was under way; then it returns the switch that did.</summary>
    public KillSwitchState? EnterAttempt(ModelCallContext attempt)
    {
        bool isCut;
        lock (_gate)
        {
            if (_stoppedBy is not null && _passes == 0)
            {
                return _stoppedBy;
            }

            _passes++;
            _attempt = attempt;
            isCut = _cutBy is not null;
        }

        if (isCut)
        {
            attempt.Cut(MakeException);
        }

        return null;
    }

    public void LeaveAttempt()
    {
        CancellationTokenSource? stopped;
        bool isOver;
        lock (_gate)
        {
            _passes--;
            stopped = _stoppedBy is not null && _passes == 0 ? _waiting : null;
            isOver = _hasReturned && _passes == 0;
        }

        stopped?.Cancel();
        if (isOver)
        {
            Watch?.Dispose();
        }
    }

    /// <summary>Stops the call. The first word counts. What hangs on the token runs on other threads, so that nobody waits for it here.</summary>
    public void Stop(KillSwitchState state)
    {
        CancellationTokenSource? waiting;
        lock (_gate)
        {
            waiting = _stoppedBy is null && _passes == 0 ? _waiting : null;
            _stoppedBy ??= state;
        }

        _ = waiting?.CancelAsync();
    }

    /// <summary>Cuts the attempt under way, on another thread. The first word counts; one that came after a stop counts all the same.</summary>
    public void Cut(KillSwitchState state)
    {
        ModelCallContext? attempt;
        lock (_gate)
        {
            attempt = _cutBy is null && _passes > 0 ? _attempt : null;
            _cutBy ??= state;
        }

        if (attempt is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static cut => cut.Link.CutAttempt(cut.Attempt), (Link: this, Attempt: attempt), preferLocal: false);
        }
    }

    /// <summary>Makes what those are told whom the switch stops, and remembers that it stopped what it covers.</summary>
    public KillSwitchActiveException ToException(KillSwitchState state)
    {
        var stopped = new KillSwitchActiveException(state);
        Subject.Stop(state.Scope, stopped);
        return stopped;
    }

    /// <summary>Says that the response was handed over. Its stream, if it is one, is watched until it ends.</summary>
    public void Dispose()
    {
        bool isOver;
        lock (_gate)
        {
            _hasReturned = true;
            isOver = _passes == 0;
        }

        if (isOver)
        {
            Watch?.Dispose();
        }

        _callerRegistration.Dispose();
    }

    private void CutAttempt(ModelCallContext attempt)
    {
        attempt.Cut(MakeException);
        if (attempt is { Status: null, OnCut: null })
        {
            // Else the answer is whole, and whoever is still busy with it is left to it; or a stream was handed over, which ends by itself.
            attempt.CancelSending();
        }
    }

    private KillSwitchActiveException MakeException() => ToException(_cutBy!);
}
