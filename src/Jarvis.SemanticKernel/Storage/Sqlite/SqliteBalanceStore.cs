using Jarvis.SemanticKernel.Costs;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteBalanceStore(SqliteConnections connections, IJarvisDatabase database) : IBalanceStore
{
    private const decimal PerUsd = 1_000_000_000_000m;
    private const string Columns = "at, limit_usd, remaining_usd, used_usd, ledger_usd, account";

    // Notices of a clock that is ahead silence nobody.
    private const string AddOne =
        """
        INSERT OR IGNORE INTO jarvis_balances (account, at, limit_usd, remaining_usd, used_usd, ledger_usd, notice)
        SELECT $account, $at, $limit, $remaining, $used, $ledger, CASE
          WHEN $notice = 'Recovered' THEN CASE WHEN last.notice <> 'Recovered' THEN $notice END
          WHEN $notice = 'Low' AND last.notice <> 'Recovered' AND last.at > $before THEN NULL
          ELSE $notice END
        FROM (SELECT 1) one LEFT JOIN (
          SELECT notice, at FROM jarvis_balances WHERE account = $account AND notice IS NOT NULL AND at < $after ORDER BY at DESC LIMIT 1) last ON true
        RETURNING notice
        """;

    private const string HasStopped =
        $"""
        SELECT EXISTS (
          SELECT 1 FROM kill_switch_audit a WHERE a.action = 'activate' AND a.triggered_by = '{IBalanceStore.TriggeredBy}' AND NOT EXISTS (
            SELECT 1 FROM jarvis_balances b WHERE b.account = $account AND b.remaining_usd >= $enough AND b.at >= a.created_at))
        """;

    public async Task<bool> AddAsync(string account, CreditReading reading, CreditNoticeKind? notice, TimeSpan every, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        bool brings = false;
        await connections.WriteAsync(
            (connection, transaction) =>
            {
                using SqliteCommand command = new(AddOne, connection, transaction);
                command.Parameters.AddWithValue("$account", account);
                command.Parameters.AddWithValue("$at", SqliteTime.From(reading.At));
                command.Parameters.AddWithValue("$before", SqliteTime.From(reading.At - every));
                command.Parameters.AddWithValue("$after", SqliteTime.From(reading.At + every));
                command.Parameters.AddWithValue("$notice", notice.HasValue ? notice.Value.ToString() : DBNull.Value);
                Add("$limit", reading.LimitUsd);
                Add("$remaining", reading.RemainingUsd);
                Add("$used", reading.UsedUsd);
                Add("$ledger", reading.LedgerUsd);
                brings = command.ExecuteScalar() is string;

                void Add(string name, decimal? amount) => command.Parameters.AddWithValue(name, SqliteMoney.FromExact(amount).Units is { } units ? units : DBNull.Value);
            },
            cancellationToken).ConfigureAwait(false);
        return brings;
    }

    public async Task<bool> HasStoppedAsync(string account, decimal enoughUsd, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync(
            connection =>
            {
                using SqliteCommand command = new(HasStopped, connection);
                command.Parameters.AddWithValue("$account", account);
                command.Parameters.AddWithValue("$enough", SqliteMoney.FromExact(enoughUsd).Units);
                return (long)command.ExecuteScalar()! != 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<CreditReading?> ReadFirstAsync(string account, CancellationToken cancellationToken) =>
        (await ReadAsync($"SELECT {Columns} FROM jarvis_balances WHERE account = $account ORDER BY at LIMIT 1", account, cancellationToken).ConfigureAwait(false))?.Reading;

    public async Task<CreditReading?> ReadNewestAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync($"SELECT {Columns} FROM jarvis_balances ORDER BY at DESC LIMIT 1", "", cancellationToken).ConfigureAwait(false) is not ({ } newest, var account))
        {
            return null;
        }

        CreditReading? first = await ReadFirstAsync(account, cancellationToken).ConfigureAwait(false);
        return newest with { First = first == newest ? null : first };
    }

    private async Task<(CreditReading Reading, string Account)?> ReadAsync(string sql, string account, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        return await connections.ReadAsync<(CreditReading, string)?>(
            connection =>
            {
#pragma warning disable CA2100 // Constants above.
                using SqliteCommand command = new(sql, connection);
#pragma warning restore CA2100
                command.Parameters.AddWithValue("$account", account);
                using SqliteDataReader row = command.ExecuteReader();
                return !row.Read() ? null : (
                    new CreditReading
                    {
                        At = SqliteTime.Read(row.GetString(0)),
                        LimitUsd = Amount(row, 1),
                        RemainingUsd = Amount(row, 2),
                        UsedUsd = Amount(row, 3),
                        LedgerUsd = row.GetInt64(4) / PerUsd,
                    },
                    row.GetString(5));
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static decimal? Amount(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column) / PerUsd;
}
