using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>Finds out what one call cost, and corrects its record.</summary>
internal sealed class CostInquiry(IOpenRouterApi api, IPriceList prices, ICallCorrectionStore store, TimeProvider time)
{
    // A row without tokens, cost and reason is there before the call is accounted for. After this time it will not change any more.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(10);

    public bool CanAsk(string? generationId) => generationId?.StartsWith(api.GenerationIdPrefix, StringComparison.Ordinal) == true;

    /// <summary>Asks the endpoint about the call.</summary>
    /// <exception cref="ApiFailureException">There is no usable answer.</exception>
    public async Task<CostFinding> AskAsync(UnresolvedCall call, string askedBy, CancellationToken cancellationToken)
    {
        Generation? generation = await api.GetGenerationAsync(call.GenerationId!, cancellationToken).ConfigureAwait(false);
        if (generation is null || (!generation.IsFinished && time.GetUtcNow() - call.EndedAt < Settled))
        {
            return new CostFinding(CostFindingKind.NotKnown);
        }

        if (generation.Usage.CostUsd is not { } cost)
        {
            return new CostFinding(CostFindingKind.NoCost);
        }

        return await CorrectAsync(
            new CallCorrection
            {
                CallId = call.CallId,
                Source = CostSource.Reconciled,
                CostUsd = cost,
                PromptTokens = generation.Usage.PromptTokens,
                CompletionTokens = generation.Usage.CompletionTokens,
                CachedTokens = generation.Usage.CachedTokens,
                ReasoningTokens = generation.Usage.ReasoningTokens,
                Model = generation.Model,
                Provider = generation.Provider,
                At = time.GetUtcNow(),
                AskedBy = askedBy,
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Computes the cost from the price list.</summary>
    /// <exception cref="ApiFailureException">There is no list.</exception>
    public async Task<CostFinding> ComputeAsync(UnresolvedCall call, string model, TokenCounts tokens, CancellationToken cancellationToken)
    {
        await prices.RefreshAsync(cancellationToken).ConfigureAwait(false);
        prices.TryPrice(model, tokens, call.StartedAt, out decimal? cost);
        return cost is { } usd
            ? await CorrectAsync(
                new CallCorrection { CallId = call.CallId, Source = CostSource.Computed, CostUsd = usd, At = time.GetUtcNow(), AskedBy = CallCorrection.Worker },
                cancellationToken).ConfigureAwait(false)
            : new CostFinding(CostFindingKind.NoCost);
    }

    private async Task<CostFinding> CorrectAsync(CallCorrection correction, CancellationToken cancellationToken) =>
        await store.CorrectAsync(correction, cancellationToken).ConfigureAwait(false) switch
        {
            true => new CostFinding(CostFindingKind.Corrected, correction.CostUsd),
            false => new CostFinding(CostFindingKind.KnownMeanwhile),
            null => new CostFinding(CostFindingKind.NoRecord),
        };
}
