using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>The tier that serves in another one's place.</summary>
internal sealed class TierFallback(ServedTier tier, ILogger logger)
{
    public const string Route = "fallback";

    public ServedTier Tier => tier;

    /// <summary>Says whether this tier takes over after a failure of the other one.</summary>
    public bool TakesOver(ModelCallException failure, ServedTier failed, CancellationToken cancellationToken)
    {
        if (failure is not (ProviderUnavailableException or ModelGoneException or NoEndpointException) || cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        logger.TierFellBack(failed.Name, tier.Name, failure.GetType().Name, failure.CallId);
        return true;
    }

    /// <summary>A stream of a tier, or that of this one if it fails before its first piece: what the caller has seen cannot be taken back.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        ServedTier failing, IAsyncEnumerable<T> own, Func<IAsyncEnumerable<T>> other, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<T> pieces = own.GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable end = pieces.ConfigureAwait(false);
        (bool hasPiece, bool isTakenOver) = await BeginAsync(pieces, failing, cancellationToken).ConfigureAwait(false);
        if (isTakenOver)
        {
            LogicalCall.Around()?.ThrowIfStopped();
            await foreach (T piece in other().WithCancellation(cancellationToken).ConfigureAwait(false))
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

    private async Task<(bool HasPiece, bool IsTakenOver)> BeginAsync<T>(IAsyncEnumerator<T> pieces, ServedTier failing, CancellationToken cancellationToken)
    {
        try
        {
            return (await pieces.MoveNextAsync().ConfigureAwait(false), false);
        }
        catch (ModelCallException e) when (TakesOver(e, failing, cancellationToken))
        {
            return (false, true);
        }
    }
}
