using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>A stream whose enumerations are calls, each in a scope of its own.</summary>
/// <param name="begin">Makes the call, at the first step of an enumeration.</param>
/// <param name="source">Makes the connector's stream for a token.</param>
/// <param name="cancellationToken">What the stream was asked for with.</param>
internal sealed class ScopedStream<T>(Func<LogicalCall> begin, Func<CancellationToken, IAsyncEnumerable<T>> source, CancellationToken cancellationToken) : IAsyncEnumerable<T>
{
    private readonly CancellationToken _given = cancellationToken;

    public LogicalCall Begin() => begin();

    public IAsyncEnumerator<T> Start(CancellationToken token) => source(token).GetAsyncEnumerator(token);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The enumerator disposes the source when the call is over.")]
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == _given)
        {
            return new ScopedEnumerator<T>(this, null, _given);
        }

        CancellationTokenSource? both = _given.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_given, cancellationToken) : null;
        return new ScopedEnumerator<T>(this, both, both?.Token ?? cancellationToken);
    }
}
