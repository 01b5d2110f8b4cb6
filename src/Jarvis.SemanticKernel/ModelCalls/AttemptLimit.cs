using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The time limits of one attempt, as a token that follows the one from outside of it too.</summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and the clock's thread may be about to cancel it.")]
internal sealed class AttemptLimit : Deadline, IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly DeadlineQueue _queue;
    private readonly DeadlineQueue? _firstByteQueue;
    private readonly FirstByteLimit? _firstByte;
    private readonly CancellationToken _outside;
    private readonly CancellationTokenRegistration _registration;
    private volatile Deadline? _passed;

    public AttemptLimit(DeadlineQueue queue, DeadlineQueue? firstByteQueue, CancellationToken outside)
    {
        (_queue, _firstByteQueue, _outside) = (queue, firstByteQueue, outside);
        _registration = outside.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        queue.Add(this);
        if (firstByteQueue is not null)
        {
            firstByteQueue.Add(_firstByte = new FirstByteLimit(this));
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Gets a value indicating whether it was one of these limits that ended the attempt.</summary>
    public bool HasPassed => _passed is not null && !_outside.IsCancellationRequested;

    /// <summary>Gets a value indicating whether it was the one for the first sign of an answer.</summary>
    public bool IsFirstByte => _passed is FirstByteLimit;

    /// <summary>Gets the option that sets the limit which ended the attempt.</summary>
    public string Name => IsFirstByte ? nameof(ResilienceOptions.FirstByteTimeout) : nameof(ResilienceOptions.AttemptTimeout);

    /// <summary>Says that the answer has begun.</summary>
    public void FirstByteCame()
    {
        if (_firstByte is not null)
        {
            _firstByteQueue!.Remove(_firstByte);
        }
    }

    /// <summary>Ends the attempt for another reason than its limits.</summary>
    public void Cancel() => _source.Cancel();

    public void Dispose()
    {
        FirstByteCame();
        _queue.Remove(this);
        _registration.Dispose();
    }

    internal override void Pass() => End(this);

    private void End(Deadline passed)
    {
        Interlocked.CompareExchange(ref _passed, passed, null);
        _source.Cancel();
    }

    private sealed class FirstByteLimit(AttemptLimit attempt) : Deadline
    {
        internal override void Pass() => attempt.End(this);
    }
}
