using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(3100, LogLevel.Warning,
        "Call {CallId} to {Model} cost {CostUsd} USD, more than ai_calls.cost_usd can hold. It holds {BilledCost}; the exact cost is in call_details.cost_usd_exact.")]
    public static partial void CostCapped(ILogger logger, Guid callId, string model, decimal? costUsd, decimal? billedCost);

    public static void WarnOfCappedCosts(ILogger logger, StorableCall[] calls)
    {
        foreach (StorableCall call in calls)
        {
            if (call.IsCapped)
            {
                CostCapped(logger, call.CallId, call.BilledModel, call.Record.CostUsd, call.BilledCost);
            }
        }
    }

    public static void WarnOfCappedCost(ILogger logger, Guid callId, string? model, decimal costUsd)
    {
        if (StorableCost.IsCapped(costUsd))
        {
            CostCapped(logger, callId, model ?? "a model", costUsd, StorableCost.Billed(costUsd));
        }
    }
}
