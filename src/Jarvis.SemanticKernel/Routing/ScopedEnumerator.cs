using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Enumerates a stream inside the scope of its call. An AsyncLocal does not survive a <c>yield return</c>, so the scope is entered around each step; the
/// execution context that holds it is made once and reused as long as the reader's own context stays the same, so a step allocates nothing.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Execution contexts are shared with the code that runs in them.")]
[SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "A step is carried out of its callback, and consumed once.")]
internal sealed class ScopedEnumerator<T>(ScopedStream<T> stream, CancellationTokenSource? linked, CancellationToken cancellationToken) : IAsyncEnumerator<T>
{
    private ExecutionContext? _reader;
    private ExecutionContext? _scoped;
    private LogicalCall? _call;
    private IAsyncEnumerator<T>? _inner;
    private ValueTask<bool> _step;
    private bool _isOver;

    public T Current => _inner!.Current;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It reaches the reader when the call is over.")]
    public ValueTask<bool> MoveNextAsync()
    {
        if (_isOver)
        {
            return new(false);
        }

        try
        {
            if (_call is null)
            {
                _call = stream.Begin();
                _call.ThrowIfStopped();
            }

            RunScoped(_call);
            if (_step.IsCompletedSuccessfully)
            {
                // The next piece was at hand, as most are: nothing to wait for.
                bool hasNext = _step.Result;
                _step = new(hasNext);
                _call.ThrowIfStopped();
                if (hasNext)
                {
                    return new(true);
                }
            }
        }
        catch (Exception e)
        {
            _step = ValueTask.FromException<bool>(e);
        }

        return FinishStepAsync();
    }

    public ValueTask DisposeAsync()
    {
        if (_isOver || _call is null)
        {
            _isOver = true;
            linked?.Dispose();
            return default;
        }

        return EndAsync(_call);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FinishStepAsync()
    {
        bool goesOn = false;
        try
        {
            bool hasNext;
            try
            {
                hasNext = await _step.ConfigureAwait(false);
            }
            finally
            {
                _call?.ThrowIfStopped();
            }

            goesOn = hasNext;
            return hasNext;
        }
        finally
        {
            if (!goesOn && _call is { } call)
            {
                await EndAsync(call).ConfigureAwait(false);
            }
        }
    }

    // The reader hears of the end, whatever it is, when the call is over: its record is durable by then.
    private async ValueTask EndAsync(LogicalCall call)
    {
        _isOver = true;
        try
        {
            if (_inner is not null)
            {
                await _inner.DisposeAsync().ConfigureAwait(false);
            }

            await call.AbandonOpenCallsAsync().ConfigureAwait(false);
        }
        finally
        {
            call.End();
            linked?.Dispose();
        }
    }

    private void RunScoped(LogicalCall call)
    {
        var reader = ExecutionContext.Capture();
        if (reader is null)
        {
            // The caller suppressed the flow: there is no context to reuse.
            AmbientCall outside = AmbientCall.Current;
            call.Enter();
            try
            {
                Step(this);
            }
            finally
            {
                AmbientCall.Current = outside;
            }

            return;
        }

        if (!ReferenceEquals(reader, _reader) || _scoped is null)
        {
            _reader = reader;
            ExecutionContext.Run(reader, static self => ((ScopedEnumerator<T>)self!).MakeScope(), this);
        }

        ExecutionContext.Run(_scoped!, static self => Step((ScopedEnumerator<T>)self!), this);
    }

    private void MakeScope()
    {
        _call!.Enter();
        _scoped = ExecutionContext.Capture();
    }

    private static void Step(ScopedEnumerator<T> self)
    {
        self._inner ??= self.Start();
        self._step = self._inner.MoveNextAsync();
    }

    private IAsyncEnumerator<T> Start() => stream.Start(cancellationToken);
}
