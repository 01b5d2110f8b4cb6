using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The tier that serves in another one's place.</summary>
internal sealed class TierFallback<TTier>(TTier tier, ILogger logger)
    where TTier : class, ITier<TTier>
{
    private const string Route = "fallback";

    /// <summary>The tier to call after a failure, for the same purpose; null when another tier would not help.</summary>
    public TTier? After(ModelCallException failure, TTier failed, CancellationToken cancellationToken)
    {
        if (failure is not (ProviderUnavailableException or ModelGoneException or NoEndpointException) || cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        logger.TierFellBack(failed.Tier, tier.Tier, failure.GetType().Name, failure.CallId);
        return tier.For(failed.Attribution with { Route = Route });
    }

    /// <summary>A stream of a tier, or that of the other one if it fails before its first piece: what the caller has seen cannot be taken back.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        TTier failing, IAsyncEnumerable<T> own, Func<TTier, IAsyncEnumerable<T>> other, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<T> pieces = own.GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable end = pieces.ConfigureAwait(false);
        (bool hasPiece, TTier? next) = await BeginAsync(pieces, failing, cancellationToken).ConfigureAwait(false);
        if (next is not null)
        {
            LogicalCall.Around()?.ThrowIfStopped();
            await foreach (T piece in other(next).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return piece;
            }

            yield break;
        }

        for (; hasPiece; hasPiece = await pieces.MoveNextAsync().ConfigureAwait(false))
        {
            yield return pieces.Current;
        }
    }

    private async Task<(bool HasPiece, TTier? Next)> BeginAsync<T>(IAsyncEnumerator<T> pieces, TTier failing, CancellationToken cancellationToken)
    {
        try
        {
            return (await pieces.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (ModelCallException e) when (After(e, failing, cancellationToken) is { } other)
        {
            return (false, other);
        }
    }
}
