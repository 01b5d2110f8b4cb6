using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>
/// What one writes without group commit: one awaited INSERT per call, over the driver's pool, prepared. The same record, so rows in both tables, in one statement.
/// </summary>
internal sealed class AwaitedInsertLedger(NpgsqlDataSource source) : IAiCallLedger
{
    private const string Insert =
        """
        WITH billed AS (
          INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
          VALUES ($6, $4, $12, $13, $16, $20, $2 AT TIME ZONE 'UTC')
          RETURNING id
        )
        INSERT INTO jarvis.call_details (
          call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error, prompt_tokens, completion_tokens,
          cached_tokens, reasoning_tokens, cost_usd_exact, cost_source, streamed, attempt, goal_id, agent, function, run_id, route, ai_call_id)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, id FROM billed
        """;

    public async Task AppendAsync(AiCallRecord record)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            using NpgsqlCommand command = new(Insert, connection);
            Add(NpgsqlDbType.Uuid, record.CallId);
            Add(NpgsqlDbType.TimestampTz, record.StartedAt.UtcDateTime);
            Add(NpgsqlDbType.Integer, (int)record.Latency.TotalMilliseconds);
            Add(NpgsqlDbType.Text, record.Tier);
            Add(NpgsqlDbType.Text, record.RequestedModel);
            Add(NpgsqlDbType.Text, record.Model);
            Add(NpgsqlDbType.Text, record.Provider);
            Add(NpgsqlDbType.Text, record.GenerationId);
            Add(NpgsqlDbType.Text, record.Status == AiCallStatus.Ok ? "ok" : "error");
            Add(NpgsqlDbType.Integer, record.HttpStatus);
            Add(NpgsqlDbType.Text, record.Error);
            Add(NpgsqlDbType.Integer, record.PromptTokens);
            Add(NpgsqlDbType.Integer, record.CompletionTokens);
            Add(NpgsqlDbType.Integer, record.CachedTokens);
            Add(NpgsqlDbType.Integer, record.ReasoningTokens);
            Add(NpgsqlDbType.Numeric, record.CostUsd);
            Add(NpgsqlDbType.Text, "reported");
            Add(NpgsqlDbType.Boolean, record.IsStreamed);
            Add(NpgsqlDbType.Integer, record.Attempt);
            Add(NpgsqlDbType.Integer, record.GoalId);
            Add(NpgsqlDbType.Text, record.Agent);
            Add(NpgsqlDbType.Text, record.Function);
            Add(NpgsqlDbType.Text, record.RunId);
            Add(NpgsqlDbType.Text, record.Route);
            await command.PrepareAsync().ConfigureAwait(false);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);

            void Add<T>(NpgsqlDbType type, T value) => command.Parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = type, TypedValue = value });
        }
    }
}
