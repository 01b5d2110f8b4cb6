using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace QuickStart;

/// <summary>What this run cost, from the ledger, and whether the upstream agrees.</summary>
internal static class Costs
{
    public static async Task<bool> ReportAsync(Kernel kernel, DateTimeOffset start, OpenRouterSimulator? upstream)
    {
        Screen.Step("What it cost");

        #region costs
        ICostReport costs = kernel.Services.GetRequiredService<ICostReport>();
        SpendReport spend = await costs.GetSpendAsync(new SpendQuery { From = start, To = DateTimeOffset.UtcNow, GroupBy = [SpendGrouping.Tier] });
        #endregion

        Screen.Spend(spend, kernel.Services.GetRequiredService<ITierCatalog>());
        SpendReport earlier = await costs.GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = start });
        if (earlier.Total.Calls > 0)
        {
            Screen.Note($"Earlier runs, still in the ledger: {earlier.Total.Calls} calls, {Screen.Usd(earlier.Total.CostUsd)}.");
        }

        return Screen.Balance(spend.Total.CostUsd, upstream?.TotalBilledUsd);
    }
}
