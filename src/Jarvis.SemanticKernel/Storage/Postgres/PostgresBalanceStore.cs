using Jarvis.SemanticKernel.Costs;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresBalanceStore(PostgresConnections connections, IJarvisDatabase database) : IBalanceStore
{
    private const string Columns = "at, limit_usd, remaining_usd, used_usd, ledger_usd, account";

    // Whoever adds next sees who brought the last notice: a statement of its own, which the one after it waits for.
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(81820166023541)";

    // Two processes that ask in the same microsecond are told the same. Notices of a clock that is ahead silence nobody.
    private const string Add =
        """
        INSERT INTO jarvis.balances (account, at, limit_usd, remaining_usd, used_usd, ledger_usd, notice)
        SELECT $1, $2, $3, $4, $5, $6, CASE
          WHEN $7 = 'Recovered' THEN CASE WHEN last.notice <> 'Recovered' THEN $7 END
          WHEN $7 = 'Low' AND last.notice <> 'Recovered' AND last.at > $8 THEN NULL
          ELSE $7 END
        FROM (SELECT) one LEFT JOIN LATERAL (
          SELECT notice, at FROM jarvis.balances WHERE account = $1 AND notice IS NOT NULL AND at < $9 ORDER BY at DESC LIMIT 1) last ON true
        ON CONFLICT DO NOTHING
        RETURNING notice
        """;

    private const string First = $"SELECT {Columns} FROM jarvis.balances WHERE account = $1 ORDER BY at LIMIT 1";
    private const string Newest = $"SELECT {Columns} FROM jarvis.balances ORDER BY at DESC LIMIT 1";

    private const string HasStopped =
        $"""
        SELECT EXISTS (
          SELECT FROM kill_switch_audit a WHERE a.action = 'activate' AND a.triggered_by = '{IBalanceStore.TriggeredBy}' AND NOT EXISTS (
            SELECT FROM jarvis.balances b WHERE b.account = $1 AND b.remaining_usd >= $2 AND b.at >= a.created_at AT TIME ZONE 'UTC'))
        """;

    public async Task<bool> AddAsync(string account, CreditReading reading, CreditNoticeKind? notice, TimeSpan every, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlBatch batch = connections.Main.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlBatchCommand add = new(Add);
            add.Parameters.Add(new NpgsqlParameter<string> { TypedValue = account });
            add.Parameters.Add(Instant(reading.At));
            foreach (decimal? amount in (decimal?[])[reading.LimitUsd, reading.RemainingUsd, reading.UsedUsd, reading.LedgerUsd])
            {
                add.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Numeric, Value = amount.HasValue ? amount.Value : DBNull.Value });
            }

            add.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = notice.HasValue ? notice.Value.ToString() : DBNull.Value });
            add.Parameters.Add(Instant(reading.At - every));
            add.Parameters.Add(Instant(reading.At + every));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(OneAtATime));
            batch.BatchCommands.Add(add);
            NpgsqlDataReader row = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
                return await row.ReadAsync(cancellationToken).ConfigureAwait(false) && !await row.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false);
            }
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

    private static NpgsqlParameter<DateTime> Instant(DateTimeOffset instant) => new() { TypedValue = instant.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static decimal? Amount(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDecimal(column);
}
