using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Jarvis.SemanticKernel.Benchmarks.Throughput;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.Storage.Postgres;
using Npgsql;

namespace Jarvis.SemanticKernel.Benchmarks.Costs;

/// <summary>Reports over very many calls of one year: how long they take, and what they read.</summary>
internal static partial class SumsForReaders
{
    private const int Times = 15;

    // The first ones pay for the compiler.
    private const int WarmUps = 30;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // As a restore does it: without triggers and without indexes, and the sums last.
    private static readonly string[] Fill =
    [
        "TRUNCATE ai_calls, jarvis.call_details; SELECT jarvis.compact_spend()",
        "ALTER TABLE ai_calls DISABLE TRIGGER USER; ALTER TABLE jarvis.call_details DISABLE TRIGGER USER",
        "DROP INDEX jarvis.call_details_goal_id, jarvis.call_details_run_id, jarvis.call_details_started_at, jarvis.call_details_ai_call_id, jarvis.call_details_unresolved",
        "ALTER TABLE jarvis.call_details DROP CONSTRAINT call_details_pkey",
        """
        INSERT INTO jarvis.call_details (call_id, ai_call_id, provider, requested_model, model, tier, status, http_status, cost_usd_exact, cost_source, prompt_tokens, completion_tokens,
          cached_tokens, reasoning_tokens, latency_ms, streamed, attempt, goal_id, agent, function, run_id, route, started_at)
        SELECT lpad(to_hex(i), 32, '0')::uuid, i, 'Provider ' || i % 6, 'vendor/model-' || i % 12, 'vendor/model-' || i % 12, (ARRAY['strong', 'mid', 'cheap'])[1 + i % 3],
          CASE WHEN i % 50 = 0 THEN 'cut' ELSE 'ok' END, 200, (i % 9973) * 0.0000012345, CASE WHEN i % 40 = 0 THEN 'reconciled' ELSE 'reported' END, i % 5000, i % 700, i % 300, i % 100,
          (i::bigint * 7919) % 20000, i % 2 = 0, 1, (i * 7) % 10000, 'agent-' || i % 20, 'Plugin.Function' || i % 30, 'run-' || i / 10, 'default',
          timestamptz '2026-01-01 00:00Z' + i * (interval '365 days' / $rows)
        FROM generate_series(1, $rows) i
        """,
        """
        INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at) OVERRIDING SYSTEM VALUE
        SELECT i, 'vendor/model-' || i % 12, (ARRAY['strong', 'mid', 'cheap'])[1 + i % 3], i % 5000, i % 700, round((i % 9973) * 0.0000012345, 8), (i * 7) % 10000,
          (timestamptz '2026-01-01 00:00Z' + i * (interval '365 days' / $rows)) AT TIME ZONE 'UTC'
        FROM generate_series(1, $rows) i
        """,
        "ALTER TABLE jarvis.call_details ADD CONSTRAINT call_details_pkey PRIMARY KEY (call_id)",
        "CREATE UNIQUE INDEX call_details_ai_call_id ON jarvis.call_details (ai_call_id)",
        "CREATE INDEX call_details_goal_id ON jarvis.call_details (goal_id, started_at) WHERE goal_id IS NOT NULL",
        "CREATE INDEX call_details_run_id ON jarvis.call_details (run_id) WHERE run_id IS NOT NULL",
        "CREATE INDEX call_details_started_at ON jarvis.call_details (started_at)",
        "CREATE INDEX call_details_unresolved ON jarvis.call_details (started_at) WHERE cost_source IN ('unknown', 'computed') AND generation_id IS NOT NULL",
        "VACUUM ANALYZE ai_calls",
        "VACUUM ANALYZE jarvis.call_details",
        "SELECT jarvis.rebuild_spend()",
        "SELECT jarvis.compact_spend()",
        "VACUUM ANALYZE jarvis.spend_deltas",
        "VACUUM ANALYZE jarvis.spend_rollup",
        "VACUUM ANALYZE jarvis.spend_rollup_days",
        "VACUUM ANALYZE jarvis.spend_rollup_totals",
        "ALTER TABLE ai_calls ENABLE TRIGGER USER; ALTER TABLE jarvis.call_details ENABLE TRIGGER USER",
    ];

    private static readonly (string Name, SpendQuery Query)[] Questions =
    [
        ("the year, in total", Of(0, 365)),
        ("the year by tier", Of(0, 365, SpendGrouping.Tier)),
        ("the year by model and month", Of(0, 365, SpendGrouping.Model, SpendGrouping.Month)),
        ("a quarter by provider, from 10:17 to 15:43", Of(30, 90, SpendGrouping.Provider) with { From = Start.AddDays(30).AddMinutes(617), To = Start.AddDays(120).AddMinutes(943) }),
        ("a month by day and tier", Of(31, 28, SpendGrouping.Day, SpendGrouping.Tier)),
        ("a week by hour", Of(100, 7, SpendGrouping.Hour)),
        ("a month by hour", Of(90, 30, SpendGrouping.Hour)),
        ("the year by day", Of(0, 365, SpendGrouping.Day)),
        ("the year by hour", Of(0, 365, SpendGrouping.Hour)),
        ("the year by day in Berlin", Of(0, 365, SpendGrouping.Day) with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") }),
        ("the year by day and tier in Berlin", Of(0, 365, SpendGrouping.Day, SpendGrouping.Tier) with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") }),
        ("one model in a quarter, by week", Of(90, 90, SpendGrouping.Week) with { Filter = new SpendFilter { Model = "vendor/model-5" } }),
        ("one goal in the year, by model", Of(0, 365, SpendGrouping.Model) with { Filter = new SpendFilter { Goal = 4242 } }),
        ("one run", Of(0, 365) with { Filter = new SpendFilter { Run = "run-4242" } }),
        ("a day by agent, every call read", Of(100, 1, SpendGrouping.Agent)),
        ("a week with percentiles, every call read", Of(100, 7, SpendGrouping.Tier) with { WithLatency = true }),
    ];

    public static async Task<string> MeasureAsync(Databases databases, int rows)
    {
        (PostgresConnections connections, PostgresJarvisDatabase database) = await databases.OpenPostgresAsync().ConfigureAwait(false);
        await using (connections.ConfigureAwait(false))
        {
            await FillAsync(databases.Postgres, rows).ConfigureAwait(false);
            CostReport report = new(new PostgresCostStore(connections, database), new PostgresBookStore(connections, database), new PostgresBalanceStore(connections, database), TimeProvider.System);
            Table table = new(string.Create(CultureInfo.InvariantCulture, $"{rows:#,0} calls of one year, {Times} times each"), "median ms", "slowest ms", "reads");
            foreach ((string name, SpendQuery query) in Questions)
            {
                List<double> took = [];
                for (int time = -WarmUps; time < Times; time++)
                {
                    long start = Stopwatch.GetTimestamp();
                    await report.GetSpendAsync(query).ConfigureAwait(false);
                    if (time >= 0)
                    {
                        took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }

                took.Sort();
                string plan = await PlanAsync(connections, SpendReading.Of(query)).ConfigureAwait(false);
                table.Add(name, $"{took[took.Count / 2]:0.0}", $"{took[^1]:0.0}", $"{plan}");
            }

            return $"{table}\n{await CompareAsync(databases.Postgres).ConfigureAwait(false)}\n";
        }
    }

    private static SpendQuery Of(int day, int days, params SpendGrouping[] by) => new() { From = Start.AddDays(day), To = Start.AddDays(day + days), GroupBy = by };

    private static async Task FillAsync(NpgsqlDataSource source, int rows)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            foreach (string sql in Fill.Prepend("SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '512MB'"))
            {
                long start = Stopwatch.GetTimestamp();
#pragma warning disable CA2100 // Constants and a number.
                NpgsqlCommand command = new(sql.Replace("$rows", rows.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
                }

                await Console.Error.WriteLineAsync($"{Stopwatch.GetElapsedTime(start).TotalSeconds,6:0.0} s  {sql.Trim().Split('\n')[0]}").ConfigureAwait(false);
            }
        }
    }

    private static async Task<string> PlanAsync(PostgresConnections connections, SpendReading reading)
    {
        NpgsqlCommand command = new PostgresSpendCommand(reading).Create(connections.Main);
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // The package's own text.
            command.CommandText = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + command.CommandText;
#pragma warning restore CA2100
            List<string> scans = [];
            NpgsqlDataReader plan = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                while (await plan.ReadAsync().ConfigureAwait(false))
                {
                    if (Scan().Match(plan.GetString(0)) is { Success: true } scan && scan.Groups["rows"].Value != "0")
                    {
                        scans.Add($"{scan.Groups["how"].Value.Trim()} {scan.Groups["what"].Value} ({scan.Groups["rows"].Value} rows)");
                    }
                }
            }

            return string.Join("; ", scans.Distinct());
        }
    }

    // The whole year, in one snapshot: what is kept, and what all rows add up to.
    private static async Task<string> CompareAsync(NpgsqlDataSource source)
    {
        NpgsqlCommand command = source.CreateCommand(
            "SELECT (SELECT sum(cost_usd) FROM jarvis.spend), (SELECT sum(cost_usd_exact) FROM jarvis.call_details), (SELECT sum(calls) FROM jarvis.spend), (SELECT count(*) FROM jarvis.call_details)");
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = 0;
            NpgsqlDataReader row = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync().ConfigureAwait(false);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The sums say {row.GetDecimal(0)} USD and {row.GetDecimal(2)} calls, the rows {row.GetDecimal(1)} USD and {row.GetInt64(3)} calls: {(row.GetDecimal(0) == row.GetDecimal(1) && row.GetDecimal(2) == row.GetInt64(3) ? "the same to the last digit" : "**not the same**")}.");
            }
        }
    }

    [GeneratedRegex(@"(?<how>(Parallel )?(Seq|Index Only|Index|Bitmap Heap|Bitmap Index) Scan)( using \S+)? on (?<what>\S+).*actual rows=(?<rows>\d+)")]
    private static partial Regex Scan();
}
