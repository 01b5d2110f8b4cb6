using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>An empty database for one test, and a look at what is in it that uses nothing of the package.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The tests write their own SQL.")]
internal abstract class TestDatabase : IAsyncDisposable
{
    private const string Columns =
        "tier, status, prompt_tokens, completion_tokens, CAST(streamed AS INTEGER), attempt, goal_id, agent, function, run_id, route, error";

    /// <summary>What a user writes into the options.</summary>
    public abstract string Setting { get; }

    protected abstract string Details { get; }

    /// <summary>The exact cost as a text.</summary>
    protected abstract string CostText { get; }

    public async Task<IReadOnlyList<RecordedCall>> ReadCallsAsync() =>
        await ReadAsync($"SELECT {Columns}, {CostText} FROM {Details} ORDER BY started_at, call_id", row => new RecordedCall
        {
            Tier = row.GetString(0),
            Status = row.GetString(1),
            PromptTokens = row.IsDBNull(2) ? null : row.GetInt32(2),
            CompletionTokens = row.IsDBNull(3) ? null : row.GetInt32(3),
            IsStreamed = row.GetInt32(4) == 1,
            Attempt = row.GetInt32(5),
            GoalId = row.IsDBNull(6) ? null : row.GetInt32(6),
            Agent = row.IsDBNull(7) ? null : row.GetString(7),
            Function = row.IsDBNull(8) ? null : row.GetString(8),
            RunId = row.IsDBNull(9) ? null : row.GetString(9),
            Route = row.IsDBNull(10) ? null : row.GetString(10),
            Error = row.IsDBNull(11) ? null : row.GetString(11),
            CostUsd = row.IsDBNull(12) ? null : decimal.Parse(row.GetString(12), NumberStyles.Float, CultureInfo.InvariantCulture),
        });

    /// <summary>Prompt and completion tokens of the rows in the shared table.</summary>
    public Task<IReadOnlyList<(int Prompt, int Completion)>> ReadAiCallsAsync() =>
        ReadAsync("SELECT prompt_tokens, completion_tokens FROM ai_calls", row => (row.GetInt32(0), row.GetInt32(1)));

    public async Task ExecuteAsync(string sql)
    {
        await using DbConnection connection = Connect();
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected abstract DbConnection Connect();

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read)
    {
        await using DbConnection connection = Connect();
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
