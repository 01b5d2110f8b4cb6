using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// Enumerates a stream inside the scope of its call. An AsyncLocal does not survive a <c>yield return</c>, so the scope is entered around each step; the
/// execution context that holds it is made once and reused as long as the reader's own context stays the same, so a step allocates nothing.
/// </summary>
[SuppressMessage("Reliability", "CA2213:Disposable fields should be disposed", Justification = "Execution contexts are shared with the code that runs in them.")]
internal sealed class ScopedEnumerator<T>(LogicalCall call, IAsyncEnumerable<T> source, CancellationToken cancellationToken) : IAsyncEnumerator<T>
{
    private ExecutionContext? _reader;
    private ExecutionContext? _scoped;
    private IAsyncEnumerator<T>? _inner;
    private ValueTask<bool> _step;

    public T Current => _inner!.Current;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            RunScoped();
            return await _step.ConfigureAwait(false);
        }
        finally
        {
            call.ThrowIfStopped();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_inner is not null)
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }

        // A stream that its reader abandons is over for the caller only when its record is durable.
        await call.AbandonOpenCallsAsync().ConfigureAwait(false);
    }

    private void RunScoped()
    {
        var reader = ExecutionContext.Capture();
        if (reader is null)
        {
            // The caller suppressed the flow: there is no context to reuse.
            call.Enter();
            Step(this);
            return;
        }

        if (!ReferenceEquals(reader, _reader) || _scoped is null)
        {
            _reader = reader;
            AmbientCall outside = AmbientCall.Current;
            call.Enter();
            _scoped = ExecutionContext.Capture();
            AmbientCall.Current = outside;
        }

        ExecutionContext.Run(_scoped!, static state => Step((ScopedEnumerator<T>)state!), this);
    }

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "Carried out of the callback and awaited once by the only caller.")]
    private static void Step(ScopedEnumerator<T> self)
    {
        self._inner ??= self.Start();
        self._step = self._inner.MoveNextAsync();
    }

    private IAsyncEnumerator<T> Start() => source.GetAsyncEnumerator(cancellationToken);
}
