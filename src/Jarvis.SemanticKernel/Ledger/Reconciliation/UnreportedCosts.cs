using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>
/// What becomes of a call whose answer named no cost. Nothing here waits for anybody: prices are used if they are in memory, and all else is left to the worker, after the
/// record is durable.
/// </summary>
internal sealed class UnreportedCosts(CostInquiry inquiry, IPriceList prices, ReconciliationWorker worker)
{
    /// <summary>The record with the cost that its tokens tell, where that is sure and nobody can be asked; else the record as it is.</summary>
    public AiCallRecord Price(AiCallRecord record, ModelCallContext call) =>
        call.IsServedElsewhere ? PriceElsewhere(record, call)
        : record.CostSource == CostSource.Unknown && !inquiry.CanAsk(record.GenerationId) && PricedOf(record, call) is { } priced
            && prices.TryPrice(priced.Model, priced.Tokens, record.StartedAt, out decimal? cost) && cost is not null
            ? record with { CostUsd = cost, CostSource = CostSource.Computed }
            : record;

    /// <summary>Hands a durable record over to be asked about, where it has no cost and somebody or something tells it.</summary>
    public void HandOver(AiCallRecord record, ModelCallContext call)
    {
        worker.PickUp();
        if (record.CostSource != CostSource.Unknown || call.IsServedElsewhere)
        {
            return;
        }

        (string Model, TokenCounts Tokens)? priced = PricedOf(record, call);
        bool canAsk = inquiry.CanAsk(record.GenerationId);

        // Prices that are in memory have had their say.
        if (canAsk || (priced is { } known && !prices.TryPrice(known.Model, known.Tokens, record.StartedAt, out _)))
        {
            worker.Add(UnresolvedCall.Of(record) with { Priced = priced });
        }
    }

    // The price list is that of another endpoint, which may offer a model of the same name.
    private static AiCallRecord PriceElsewhere(AiCallRecord record, ModelCallContext call) =>
        call is { Prices: { } prices, IsPricedByTokens: not false }
            && record is { CostSource: CostSource.Unknown, PromptTokens: { } prompt, CompletionTokens: { } completion, HttpStatus: < 400 }
            ? record with { CostUsd = prices.CostUsd(prompt, completion), CostSource = CostSource.Computed }
            : record;

    // OpenRouter leaves "is_byok" out when its own tools took part, whose price is in no token: there the answer has to say that it is false. Others never say.
    private (string Model, TokenCounts Tokens)? PricedOf(AiCallRecord record, ModelCallContext call) =>
        record is { PromptTokens: { } prompt, CompletionTokens: { } completion, HttpStatus: < 400 }
            && (call.IsPricedByTokens ?? !inquiry.CanAsk(record.GenerationId))
            ? (record.Model ?? record.RequestedModel, new TokenCounts(prompt, completion, record.CachedTokens ?? 0, call.CacheWriteTokens, record.ReasoningTokens ?? 0))
            : null;
}
