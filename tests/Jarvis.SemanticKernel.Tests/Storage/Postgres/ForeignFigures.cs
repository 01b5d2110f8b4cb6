using System.Globalization;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>
/// The questions about money that the TypeScript program asks, as the SQL that they come to: both bounds inclusive, instants of whole milliseconds, and the columns
/// without a zone compared as they are, which is UTC.
/// </summary>
internal sealed class ForeignFigures(PostgresDatabase database)
{
    /// <summary>What its own table of strategies is like; each serves a goal.</summary>
    public const string Strategies =
        """
        CREATE TABLE goals (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source varchar(32) NOT NULL, description text NOT NULL);
        CREATE TABLE strategies (
          id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, goal_id integer NOT NULL REFERENCES goals (id), hypothesis text NOT NULL,
          status varchar(32) NOT NULL DEFAULT 'hypothesis', last_transition_reason text, metadata jsonb,
          created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now());
        """;

    /// <summary>What the calls cost, and how many there were: of all time, of all of them or of one tier.</summary>
    public async Task<(decimal CostUsd, long Calls)> SpendAsync(string? tier = null)
    {
        string of = tier is null ? "" : $" WHERE tier = '{tier}'";
        return (await AmountAsync($"SELECT sum(cost_usd) FROM ai_calls{of}"), (long)(await database.ScalarAsync($"SELECT count(*) FROM ai_calls{of}"))!);
    }

    /// <summary>What the calls of a goal cost in the last day.</summary>
    public Task<decimal> LastDayAsync(int goal, DateTimeOffset now) =>
        AmountAsync($"SELECT sum(cost_usd) FROM ai_calls WHERE goal_id = {goal} AND created_at > {Instant(now.AddHours(-24))}");

    /// <summary>What it calls profit and loss. Its dashboard gives no end.</summary>
    public async Task<(decimal Revenue, decimal Costs, decimal Inference)> ProfitAsync(DateTimeOffset? since = null, DateTimeOffset? until = null)
    {
        string from = since is { } first ? Instant(first) : "'-infinity'";
        string to = until is { } last ? Instant(last) : "'infinity'";
        string costs = $"FROM operating_costs WHERE period_start >= {from} AND period_end <= {to}";
        return (
            await AmountAsync($"SELECT sum(amount_usd) FROM revenue WHERE earned_at >= {from} AND earned_at <= {to}"),
            await AmountAsync($"SELECT sum(amount_usd) {costs}"),
            await AmountAsync($"SELECT sum(amount_usd) {costs} AND category = 'ai_inference'"));
    }

    /// <summary>All operating costs of all time, or those of one category.</summary>
    public Task<decimal> CostsAsync(string? category = null) =>
        AmountAsync($"SELECT sum(amount_usd) FROM operating_costs{(category is null ? "" : $" WHERE category = '{category}'")}");

    /// <summary>All revenue of all time, or that of one strategy.</summary>
    public Task<decimal> RevenueAsync(string? strategy = null) =>
        AmountAsync($"SELECT sum(amount_usd) FROM revenue{(strategy is null ? "" : $" WHERE strategy_id = '{strategy}'")}");

    private static string Instant(DateTimeOffset instant) => $"'{instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}'";

    private async Task<decimal> AmountAsync(string sql) => decimal.Parse(await database.TextAsync(sql) is { Length: > 0 } sum ? sum : "0", CultureInfo.InvariantCulture);
}
