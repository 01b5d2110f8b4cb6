using CostReportSample;
using Jarvis.SemanticKernel;
using Microsoft.Extensions.DependencyInjection;

// A month of made-up calls in a file of its own. No key, no network; the file is gone in the end.
DirectoryInfo folder = Directory.CreateTempSubdirectory("jarvis-sample-");
try
{
    ServiceCollection services = [];
    services.AddJarvisOperator(options => options.Database = Path.Combine(folder.FullName, "month.db"));
    await using ServiceProvider provider = services.BuildServiceProvider();
    IAiCallLedger ledger = provider.GetRequiredService<IAiCallLedger>();
    await Task.WhenAll(Month.Calls().Select(ledger.AppendAsync));
    await Month.RecordAsync(provider.GetRequiredService<IBookkeeping>());

    #region report
    ICostReport costs = provider.GetRequiredService<ICostReport>();
    SpendQuery july = new() { From = Month.Start, To = Month.End };
    SpendReport byModel = await costs.GetSpendAsync(july with { GroupBy = [SpendGrouping.Model] });
    SpendReport byWeek = await costs.GetSpendAsync(july with { GroupBy = [SpendGrouping.Week] });
    ProfitAndLossReport profit = await costs.GetProfitAndLossAsync(new() { From = Month.Start, To = Month.End, By = ProfitAndLossGrouping.Goal });
    #endregion

    Screen.Title("What July cost, by model");
    Screen.Spend(byModel, SpendGrouping.Model);
    Screen.Title("by week, in USD");
    Screen.Chart(byWeek, SpendGrouping.Week);
    Screen.Title("What was left, in USD");
    Screen.Profit(profit);
    ProfitAndLossLine shop = profit.Lines.Single(line => line.Goal == 42);
    Screen.Text($"Goal 42 {(shop.NetUsd > 0 ? "paid" : "did not pay")}: it earned {shop.RevenueUsd} USD and cost {shop.AiSpendUsd + shop.OperatingCostsUsd} USD.");
    return shop.NetUsd == shop.RevenueUsd - shop.AiSpendUsd - shop.OperatingCostsUsd && profit.Lines.Sum(line => line.NetUsd) == profit.Total.NetUsd ? 0 : 1;
}
finally
{
    folder.Delete(recursive: true);
}
