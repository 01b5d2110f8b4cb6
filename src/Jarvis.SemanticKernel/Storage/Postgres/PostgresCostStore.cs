using System.Data.Common;
using System.Globalization;
using Jarvis.SemanticKernel.Costs;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresCostStore(PostgresConnections connections, IJarvisDatabase database) : ICostStore
{
    public async Task<SpendRows> ReadSpendAsync(SpendReading reading, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        SpendLineReader columns = new(reading);
        List<SpendLine> lines = [];
        SpendLatency? latency = null;
        PostgresSpendCommand question = new(reading);
        NpgsqlCommand command = question.Create(connections.Main);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    SpendLatency? took = reading.WithLatency ? ReadLatency(reader, columns.AfterFigures + 1) : null;
                    bool isTotal = reading.WithLatency && reader.GetBoolean(columns.AfterFigures + 3);
                    latency = isTotal ? took : latency;
                    if (!isTotal || reading.GroupBy.Count == 0)
                    {
                        // As text: the driver refuses a numeric with more digits than a decimal has, Parse rounds the ones that do not fit.
                        decimal costUsd = decimal.Parse(reader.GetString(columns.AfterFigures), CultureInfo.InvariantCulture);
                        lines.Add(columns.Read(reader, costUsd) with { Latency = took });
                    }
                }
            }
        }

        connections.Compaction.AfterRead();
        return new SpendRows(lines, latency, question.IsFromRawRows);
    }

    private static SpendLatency? ReadLatency(DbDataReader row, int column)
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        int[] milliseconds = row.GetFieldValue<int[]>(column);
        return new SpendLatency
        {
            Calls = row.GetInt64(column + 1),
            P50 = TimeSpan.FromMilliseconds(milliseconds[0]),
            P95 = TimeSpan.FromMilliseconds(milliseconds[1]),
            P99 = TimeSpan.FromMilliseconds(milliseconds[2]),
        };
    }
}
