using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The question of a report in SQL. Values are parameters; the text consists of constants.</summary>
internal sealed class PostgresSpendCommand(SpendReading reading)
{
    // Sums of whole numbers are numeric in SQL where the numbers are bigint.
    private const string Figures =
        """
        sum(calls)::bigint, coalesce(sum(failed), 0)::bigint, coalesce(sum(unresolved), 0)::bigint, coalesce(sum(prompt_tokens), 0)::bigint, coalesce(sum(completion_tokens), 0)::bigint,
               coalesce(sum(cached_tokens), 0)::bigint, coalesce(sum(reasoning_tokens), 0)::bigint, coalesce(sum(cost_usd), 0)::text
        """;

    private const string Line = "calls, failed, unresolved, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd::text";

    private const string Latency = ", percentile_disc(ARRAY[0.5, 0.95, 0.99]::float8[]) WITHIN GROUP (ORDER BY latency_ms), count(latency_ms)";

    private readonly List<NpgsqlParameter> _parameters = [];
    private readonly Dictionary<DateTimeOffset, string> _instants = [];

    public bool IsFromRawRows { get; private set; }

    public NpgsqlCommand Create(NpgsqlDataSource dataSource)
    {
        string keys = string.Join(", ", reading.GroupBy.Select(Key));
        string names = string.Join(", ", reading.GroupBy.Select((_, at) => Name(at)));
        string latency = !reading.WithLatency ? "" : Latency + (names.Length > 0 ? $", grouping({Name(0)}) = 1" : ", true");
        string groups = names.Length == 0 ? "" : reading.WithLatency ? $"GROUP BY GROUPING SETS (({names}), ())" : $"GROUP BY {names}";
        PostgresSpendRows rows = new(reading, Instant, number => Add(new NpgsqlParameter<int> { TypedValue = number }));
        IsFromRawRows = rows.IsFromRawRows;
#pragma warning disable CA2100 // Constants and numbers of parameters.
        NpgsqlCommand command = dataSource.CreateCommand(
            $"""
            {rows.With}
            SELECT {Prefixed(names)}{Figures}{latency}
            FROM (SELECT *{Suffixed(keys)} FROM ({rows.Sql}) rows{Filter()}) lines
            {groups} HAVING sum(calls) > 0
            {(rows.Lines is null ? "" : $"UNION ALL SELECT {Prefixed(keys)}{Line} FROM ({rows.Lines}) lines")}
            """);
#pragma warning restore CA2100
        command.Parameters.AddRange(_parameters.ToArray());
        return command;
    }

    private static string Name(int at) => string.Create(CultureInfo.InvariantCulture, $"key{at}");

    private static string Prefixed(string list) => list.Length > 0 ? list + ", " : "";

    private static string Suffixed(string list) => list.Length > 0 ? ", " + list : "";

    private string Key(SpendGrouping grouping, int at) => $"{Expression(grouping)} AS {Name(at)}";

    private string Expression(SpendGrouping grouping) => grouping switch
    {
        SpendGrouping.Tier => "tier",
        SpendGrouping.Model => "model",
        SpendGrouping.Provider => "provider",
        SpendGrouping.Goal => "goal_id",
        SpendGrouping.Agent => "agent",
        SpendGrouping.Run => "run_id",
        SpendGrouping.Function => "function",
        SpendGrouping.CostSource => "CASE WHEN cost_source IN ('unknown', 'reported', 'reconciled', 'computed') THEN cost_source END",
        _ => $"width_bucket(at, {Bounds()})",
    };

    private string Filter()
    {
        SpendFilter filter = reading.Filter;
        (string Column, object? Value, NpgsqlDbType Type)[] wanted =
        [
            ("tier", filter.Tier, NpgsqlDbType.Text),
            ("model", filter.Model, NpgsqlDbType.Text),
            ("provider", filter.Provider, NpgsqlDbType.Text),
            ("goal_id", filter.Goal, NpgsqlDbType.Integer),
            ("agent", filter.Agent, NpgsqlDbType.Text),
            ("run_id", filter.Run, NpgsqlDbType.Text),
            ("function", filter.Function, NpgsqlDbType.Text),
            ("cost_source", SpendLineReader.Text(filter.CostSource), NpgsqlDbType.Text),
        ];
        string conditions = string.Join(" AND ", wanted.Where(w => w.Value is not null).Select(w => $"{w.Column} = {Add(new NpgsqlParameter { Value = w.Value, NpgsqlDbType = w.Type })}"));
        return conditions.Length > 0 ? $" WHERE {conditions}" : "";
    }

    private string Bounds() => Add(new NpgsqlParameter<DateTime[]>
    {
        TypedValue = [.. reading.Bounds.Select(bound => bound.UtcDateTime)],
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    });

    private string Instant(DateTimeOffset instant)
    {
        if (!_instants.TryGetValue(instant, out string? name))
        {
            _instants[instant] = name = Add(new NpgsqlParameter<DateTime> { TypedValue = instant.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        }

        return name;
    }

    private string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }
}
