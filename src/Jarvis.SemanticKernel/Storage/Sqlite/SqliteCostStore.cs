using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Sums the rows themselves: a file of one machine holds few enough of them, and triggers of ours would slow down everybody who writes to it.</summary>
internal sealed class SqliteCostStore(SqliteConnections connections, IJarvisDatabase database) : ICostStore
{
    public async Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(connection => Read(connection, reading), cancellationToken).ConfigureAwait(false);
    }

    private static SpendRows Read(SqliteConnection connection, SpendReading reading)
    {
        SqliteSpendCommand.CreateFunctions(connection, reading);

        // One view of the file for both questions.
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
        SpendLineReader columns = new(reading);
        SqliteSpendCommand questions = new(reading);
        SqliteLatencies? latencies = null;
        if (reading.WithLatency)
        {
            using SqliteCommand all = questions.Latencies(connection, transaction);
            latencies = SqliteLatencies.Read(all, columns);
        }

        List<SpendLine> lines = [];
        using SqliteCommand command = questions.Sums(connection, transaction);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            int cost = columns.AfterFigures;
            SpendLine line = columns.Read(reader, SqliteMoney.Sum(reader.GetInt64(cost), reader.GetInt64(cost + 1), reader.IsDBNull(cost + 2) ? null : reader.GetString(cost + 2)));
            lines.Add(line with { Latency = latencies?.Of(line.Key) });
        }

        return new SpendRows(lines, latencies?.Total, IsFromRawRows: true);
    }
}
