using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The time limit of one attempt, as a token that follows the one from outside of it too.</summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "A source without a timer holds nothing, and the clock's thread may be about to cancel it.")]
internal sealed class AttemptLimit : Deadline, IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly DeadlineQueue _queue;
    private readonly CancellationToken _outside;
    private readonly CancellationTokenRegistration _registration;
    private volatile bool _hasPassed;

    public AttemptLimit(DeadlineQueue queue, CancellationToken outside)
    {
        (_queue, _outside) = (queue, outside);
        _registration = outside.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        queue.Add(this);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Gets a value indicating whether it was this limit that ended the attempt.</summary>
    public bool HasPassed => _hasPassed && !_outside.IsCancellationRequested;

    public void Dispose()
    {
        _queue.Remove(this);
        _registration.Dispose();
    }

    internal override void Pass()
    {
        _hasPassed = true;
        _source.Cancel();
    }
}
