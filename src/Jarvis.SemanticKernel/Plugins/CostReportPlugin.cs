using System.ComponentModel;
using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Plugins;

/// <summary>What a model may ask about money, answered in a few lines.</summary>
internal static class CostReportPlugin
{
    public const string Name = "CostReport";

    private const int MostLines = 10;

    private static readonly SpendGrouping[] Groupings = [SpendGrouping.Tier, SpendGrouping.Model, SpendGrouping.Goal];

    public static KernelPlugin Create(ICostReport report, TimeProvider time, Func<string?> currentRun) => KernelPluginFactory.CreateFromFunctions(
        Name,
        "What the model calls of all agents cost, what was earned, and what is left.",
        [
            AlwaysCallable.Make(
                (
                    [Description("One of: last_hour, today, yesterday, last_7_days, last_30_days, this_month, last_month. Days and months are UTC.")] string period,
                    [Description("What to group by: tier, model or goal.")] string groupBy = "tier",
                    CancellationToken cancellationToken = default) => SpendAsync(report, time, period, groupBy, cancellationToken),
                "get_spend",
                "Says what was spent on model calls in a period, in US dollars, in total and by tier, model or goal."),
            .. MoneyQuestions.Create(report, time, currentRun),
        ]);

    private static async Task<string> SpendAsync(ICostReport report, TimeProvider time, string period, string groupBy, CancellationToken cancellationToken)
    {
        if (SpendPeriod.Find(period, time.GetUtcNow()) is not { } span)
        {
            return $"There is no period '{Quote(period)}'. Use one of: {string.Join(", ", SpendPeriod.Names)}.";
        }

        // By name: parsing would also take numbers and lists of names.
        int grouping = Array.FindIndex(Groupings, known => known.ToString().Equals(groupBy, StringComparison.OrdinalIgnoreCase));
        if (grouping < 0)
        {
            return $"There is no grouping '{Quote(groupBy)}'. Use one of: tier, model, goal.";
        }

        SpendQuery query = new() { From = span.From, To = span.To, GroupBy = [Groupings[grouping]], Top = MostLines };
        return Describe(await report.GetSpendAsync(query, cancellationToken).ConfigureAwait(false), Groupings[grouping]);
    }

    private static string Describe(SpendReport spend, SpendGrouping grouping)
    {
        SpendLine total = spend.Total;
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"Spent {Usd(total)} on {total.Calls} calls from {spend.Query.From.UtcDateTime:yyyy-MM-dd HH:mm} to {spend.Query.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        text.Append(total.FailedCalls > 0 ? string.Create(CultureInfo.InvariantCulture, $", {total.FailedCalls} of them failed.") : ".");
        foreach (SpendLine line in spend.Lines)
        {
            text.AppendLine().Append(
                CultureInfo.InvariantCulture,
                $"{line.Key.GetText(grouping) ?? "(none)"}: {Usd(line)}, {line.Calls} calls, {line.PromptTokens} + {line.CompletionTokens} tokens");
        }

        if (spend.Rest is { } rest)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"and {spend.RestCount} smaller ones: {Usd(rest)}, {rest.Calls} calls");
        }

        if (total.UnresolvedCalls > 0)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"Not included: {total.UnresolvedCalls} calls whose cost is not known yet.");
        }

        return text.ToString();
    }

    private static string Usd(SpendLine line) => line.CostUsd.ToString("0.############################", CultureInfo.InvariantCulture) + " USD";

    private static string Quote(string text) => text.Length > 40 ? text[..40] : text;
}
