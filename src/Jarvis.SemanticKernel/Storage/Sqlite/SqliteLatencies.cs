using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Percentiles, which SQLite does not compute.</summary>
internal sealed class SqliteLatencies
{
    private readonly Dictionary<SpendKey, List<int>> _byKey = [];
    private readonly List<int> _all = [];

    private SqliteLatencies()
    {
    }

    public SpendLatency? Total => Percentiles(_all);

    public static SqliteLatencies Read(SqliteCommand command, SpendLineReader columns)
    {
        SqliteLatencies latencies = new();
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            int milliseconds = reader.GetInt32(columns.Figures);
            SpendKey key = columns.ReadKey(reader);
            latencies._all.Add(milliseconds);
            if (!latencies._byKey.TryGetValue(key, out List<int>? group))
            {
                latencies._byKey[key] = group = [];
            }

            group.Add(milliseconds);
        }

        return latencies;
    }

    public SpendLatency? Of(SpendKey key) => _byKey.TryGetValue(key, out List<int>? group) ? Percentiles(group) : null;

    private static SpendLatency? Percentiles(List<int> milliseconds)
    {
        if (milliseconds.Count == 0)
        {
            return null;
        }

        milliseconds.Sort();
        return new SpendLatency { Calls = milliseconds.Count, P50 = Rank(0.5), P95 = Rank(0.95), P99 = Rank(0.99) };

        TimeSpan Rank(double share) => TimeSpan.FromMilliseconds(milliseconds[(int)Math.Ceiling(share * milliseconds.Count) - 1]);
    }
}
