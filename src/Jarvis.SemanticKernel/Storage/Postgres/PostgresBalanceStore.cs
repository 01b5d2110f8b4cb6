using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresBalanceStore(PostgresConnections connections, IJarvisDatabase database) : IBalanceStore
{
    private const string Columns = "at, limit_usd, remaining_usd, used_usd, ledger_usd, account";

    // Two processes that ask in the same microsecond are told the same.
    private const string Add =
        "INSERT INTO jarvis.balances (account, at, limit_usd, remaining_usd, used_usd, ledger_usd) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

    private const string First = $"SELECT {Columns} FROM jarvis.balances WHERE account = $1 ORDER BY at LIMIT 1";
    private const string Newest = $"SELECT {Columns} FROM jarvis.balances ORDER BY at DESC LIMIT 1";

    private const string HasStopped =
        $"""
        SELECT EXISTS (
          SELECT FROM kill_switch_audit a WHERE a.action = 'activate' AND a.triggered_by = '{IBalanceStore.TriggeredBy}' AND NOT EXISTS (
            SELECT FROM jarvis.balances b WHERE b.account = $1 AND b.remaining_usd >= $2 AND b.at >= a.created_at AT TIME ZONE 'UTC'))
        """;

    public async Task AddAsync(string account, CreditReading reading, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlCommand command = connections.Main.CreateCommand(Add);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = reading.At.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            foreach (decimal? amount in (decimal?[])[reading.LimitUsd, reading.RemainingUsd, reading.UsedUsd, reading.LedgerUsd])
            {
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Numeric, Value = amount.HasValue ? amount.Value : DBNull.Value });
            }

            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<bool> HasStoppedAsync(string account, decimal enoughUsd, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlCommand command = connections.Main.CreateCommand(HasStopped);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account });
            command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = enoughUsd });
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
    }

    public async Task<CreditReading?> ReadFirstAsync(string account, CancellationToken cancellationToken) => (await ReadAsync(First, account, cancellationToken).ConfigureAwait(false))?.Reading;

    public async Task<CreditReading?> ReadNewestAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(Newest, null, cancellationToken).ConfigureAwait(false) is not ({ } newest, var account))
        {
            return null;
        }

        CreditReading? first = await ReadFirstAsync(account, cancellationToken).ConfigureAwait(false);
        return newest with { First = first == newest ? null : first };
    }

    private async Task<(CreditReading Reading, string Account)?> ReadAsync(string sql, string? account, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlCommand command = connections.Main.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            if (account is not null)
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account });
            }

            NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                if (!await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                return (
                    new CreditReading
                    {
                        At = new DateTimeOffset(row.GetDateTime(0)),
                        LimitUsd = Amount(row, 1),
                        RemainingUsd = Amount(row, 2),
                        UsedUsd = Amount(row, 3),
                        LedgerUsd = row.GetDecimal(4),
                    },
                    row.GetString(5));
            }
        }
    }

    private static decimal? Amount(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDecimal(column);
}
