using System.ComponentModel;
using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Plugins;

/// <summary>What a model may ask about money besides spend: what is left, what this run cost, and whether it can afford something. Exact, in a few lines.</summary>
internal static class MoneyQuestions
{
    private const int MostLines = 10;

    public static IEnumerable<KernelFunction> Create(ICostReport report, TimeProvider time, Func<string?> currentRun) =>
    [
        AlwaysCallable.Make(
            (
                [Description("One of: last_hour, today, yesterday, last_7_days, last_30_days, this_month, last_month. Days and months are UTC.")] string period,
                CancellationToken cancellationToken = default) => ProfitAsync(report, time, period, cancellationToken),
            "get_profit_and_loss",
            "Says what was earned in a period, what model calls and everything else cost, and what was left, in US dollars, in total and by goal."),
        AlwaysCallable.Make(
            (CancellationToken cancellationToken = default) => RunAsync(report, currentRun(), cancellationToken),
            "get_run_cost",
            "Says what the model calls of this run have cost so far, in US dollars."),
        AlwaysCallable.Make(
            (CancellationToken cancellationToken = default) => CreditsAsync(report, cancellationToken),
            "get_credits",
            "Says how many US dollars are left for model calls, and when that was asked."),
        AlwaysCallable.Make(
            (
                [Description("What it would cost in US dollars, such as 0.25.")] string costUsd,
                CancellationToken cancellationToken = default) => AffordAsync(report, costUsd, cancellationToken),
            "can_afford",
            "Says whether so many US dollars are left for model calls, what would be left after them, and what that rests on."),
    ];

    private static async Task<string> ProfitAsync(ICostReport report, TimeProvider time, string period, CancellationToken cancellationToken)
    {
        if (SpendPeriod.Find(period, time.GetUtcNow()) is not { } span)
        {
            return $"There is no period '{(period.Length > 40 ? period[..40] : period)}'. Use one of: {string.Join(", ", SpendPeriod.Names)}.";
        }

        ProfitAndLossReport profit = await report.GetProfitAndLossAsync(new() { From = span.From, To = span.To, By = ProfitAndLossGrouping.Goal }, cancellationToken).ConfigureAwait(false);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"From {span.From.UtcDateTime:yyyy-MM-dd HH:mm} to {span.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {Amounts(profit.Total)}");
        foreach (ProfitAndLossLine line in profit.Lines.Take(MostLines))
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{(line.Goal is { } goal ? $"goal {goal}" : "not allocated to a goal")}: {Amounts(line)}");
        }

        if (profit.Lines.Count > MostLines)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"and {profit.Lines.Count - MostLines} more goals.");
        }

        return Unresolved(text, profit.Total.UnresolvedCalls).ToString();
    }

    private static async Task<string> RunAsync(ICostReport report, string? run, CancellationToken cancellationToken)
    {
        if (run is null)
        {
            return "This is no run: no call of a model encloses it, and no scope names one.";
        }

        SpendQuery query = new() { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.MaxValue, GroupBy = [], Filter = new SpendFilter { Run = run } };
        SpendLine total = (await report.GetSpendAsync(query, cancellationToken).ConfigureAwait(false)).Total;
        return Unresolved(new StringBuilder($"This run has cost {Usd(total.CostUsd)} on {total.Calls} calls so far."), total.UnresolvedCalls).ToString();
    }

    private static async Task<string> CreditsAsync(ICostReport report, CancellationToken cancellationToken) =>
        await report.GetCreditsAsync(cancellationToken).ConfigureAwait(false) switch
        {
            null => "Nobody has asked yet what is left.",
            { RemainingUsd: { } left } reading => $"{Usd(left)} are left of the key's limit, as OpenRouter said at {Time(reading.At)}.",
            { } reading => $"The key had no limit at {Time(reading.At)}; what the account has left is not known.",
        };

    private static async Task<string> AffordAsync(ICostReport report, string costUsd, CancellationToken cancellationToken)
    {
        if (!decimal.TryParse(costUsd, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal cost))
        {
            return "That is no amount. Use US dollars such as 0.25.";
        }

        return await report.GetCreditsAsync(cancellationToken).ConfigureAwait(false) switch
        {
            null => "Not known: nobody has asked yet what is left.",
            { RemainingUsd: { } left } reading when left >= cost =>
                $"Yes: {Usd(left - cost)} would be left of {Usd(left)}, as OpenRouter said at {Time(reading.At)}. What was spent since then is not in it.",
            { RemainingUsd: { } left } reading => $"No: {Usd(left)} are left, as OpenRouter said at {Time(reading.At)}, and {Usd(cost - left)} are missing.",
            { } reading => $"Not known: the key had no limit at {Time(reading.At)}, and what the account has left is not known.",
        };
    }

    private static string Amounts(ProfitAndLossLine line) =>
        $"earned {Usd(line.RevenueUsd)}, models cost {Usd(line.AiSpendUsd)}, everything else {Usd(line.OperatingCostsUsd)}, left {Usd(line.NetUsd)}.";

    private static StringBuilder Unresolved(StringBuilder text, long calls) =>
        calls > 0 ? text.AppendLine().Append(CultureInfo.InvariantCulture, $"Not included: {calls} calls whose cost is not known yet.") : text;

    private static string Usd(decimal amount) => amount.ToString("0.############################", CultureInfo.InvariantCulture) + " USD";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
