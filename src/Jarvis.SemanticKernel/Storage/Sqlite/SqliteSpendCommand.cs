using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>The question of a report in SQLite's SQL. Values are parameters; the text consists of constants.</summary>
internal sealed class SqliteSpendCommand(SpendReading reading)
{
    private const string Unit = "jarvis_unit";

    // Costs that whole units hold are summed by SQLite in two parts, because one sum of 64 bits ends at 9.2 million USD; the others are summed as texts.
    private const string Figures =
        """
        count(*), sum(failed), sum(unresolved), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(cached_tokens), 0), coalesce(sum(reasoning_tokens), 0),
               coalesce(sum(units / 1000000) FILTER (WHERE cost_usd_text IS NULL), 0), coalesce(sum(units % 1000000) FILTER (WHERE cost_usd_text IS NULL), 0),
               jarvis_sum(cost_usd_text) FILTER (WHERE cost_usd_text IS NOT NULL)
        """;

    // A call that the upstream refused with an HTTP error and without an id was never billed, nor was one that never left.
    private const string Rows =
        """
        SELECT at, tier, model, provider, cost_source, goal_id, agent, run_id, function, latency_ms, coalesce(status <> 'ok', 0) AS failed,
               coalesce(cost_source = 'unknown' AND (http_status < 400 OR generation_id IS NOT NULL OR (http_status IS NULL AND status <> 'error' AND error IS NOT 'failure=NeverSent')), 0) AS unresolved,
               prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, coalesce(cost_usd_exact, cost_usd * 10000) AS units, cost_usd_text
        FROM jarvis_calls WHERE at >= $from AND at < $to
        """;

    /// <summary>What the commands call: the exact sum of texts, and which hour, day, week or month an instant lies in, counted from 1.</summary>
    public static void CreateFunctions(SqliteConnection connection, SpendReading reading)
    {
        SqliteMoney.CreateSum(connection);
        string[] bounds = [.. reading.Bounds.Select(SqliteTime.From)];
        connection.CreateFunction(
            Unit,
            (string at) =>
            {
                int found = Array.BinarySearch(bounds, at, StringComparer.Ordinal);
                return found >= 0 ? found + 1 : ~found;
            },
            isDeterministic: true);
    }

    public SqliteCommand Sums(SqliteConnection connection, SqliteTransaction transaction)
    {
        string keys = string.Join(", ", reading.GroupBy.Select(Expression));
        string places = string.Join(", ", reading.GroupBy.Select((_, at) => at + 1));
        return Command(connection, transaction, $"SELECT {(keys.Length > 0 ? keys + ", " : "")}{Figures} FROM ({Rows}){Filter()}{(keys.Length > 0 ? $" GROUP BY {places}" : "")} HAVING count(*) > 0");
    }

    public SqliteCommand Latencies(SqliteConnection connection, SqliteTransaction transaction)
    {
        string keys = string.Concat(reading.GroupBy.Select(grouping => Expression(grouping) + ", "));
        return Command(connection, transaction, $"SELECT {keys}latency_ms FROM ({Rows} AND latency_ms IS NOT NULL){Filter()}");
    }

    private static string Expression(SpendGrouping grouping) => grouping switch
    {
        SpendGrouping.Tier => "tier",
        SpendGrouping.Model => "model",
        SpendGrouping.Provider => "provider",
        SpendGrouping.Goal => "goal_id",
        SpendGrouping.Agent => "agent",
        SpendGrouping.Run => "run_id",
        SpendGrouping.Function => "function",
        SpendGrouping.CostSource => "CASE WHEN cost_source IN ('unknown', 'reported', 'reconciled', 'computed') THEN cost_source END",
        _ => $"{Unit}(at)",
    };

    private IEnumerable<(string Column, object Value)> Wanted()
    {
        SpendFilter filter = reading.Filter;
        (string Column, object? Value)[] all =
        [
            ("tier", filter.Tier), ("model", filter.Model), ("provider", filter.Provider), ("goal_id", filter.Goal),
            ("agent", filter.Agent), ("run_id", filter.Run), ("function", filter.Function), ("cost_source", SpendLineReader.Text(filter.CostSource)),
        ];
        return all.Where(wanted => wanted.Value is not null).Select(wanted => (wanted.Column, wanted.Value!));
    }

    private string Filter()
    {
        string conditions = string.Join(" AND ", Wanted().Select(wanted => $"{wanted.Column} = ${wanted.Column}"));
        return conditions.Length > 0 ? $" WHERE {conditions}" : "";
    }

    private SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
#pragma warning disable CA2100 // Constants and names of parameters.
        SqliteCommand command = new(sql, connection, transaction);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$from", SqliteTime.From(reading.From));
        command.Parameters.AddWithValue("$to", SqliteTime.From(reading.To));
        foreach ((string column, object value) in Wanted())
        {
            command.Parameters.AddWithValue("$" + column, value);
        }

        return command;
    }
}
