using Jarvis.SemanticKernel.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Appends a batch in one statement: one round trip, one commit, no transaction to leave open.</summary>
internal sealed class PostgresAiCallStore(PostgresConnections connections, IJarvisDatabase database, ILogger<PostgresAiCallStore> logger) : IAiCallStore
{
    // The details decide who is new: a call_id that another process is inserting makes this statement wait and then leave the row out. Only survivors get their row
    // of ai_calls, under the id drawn before. A drawn id that is not used leaves a gap, as any rolled back insert does. OVERRIDING SYSTEM VALUE: the column may be
    // serial or either kind of identity.
    private const string Append =
        """
        WITH incoming AS MATERIALIZED (
          SELECT r.*, CASE WHEN r.cost_usd IS NOT NULL
                        THEN nextval((SELECT pg_get_serial_sequence('ai_calls', 'id')::regclass))::integer END AS ai_call_id
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
            AS r (call_id, started_at, created_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
                  prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd_exact, cost_source, streamed, attempt,
                  goal_id, agent, function, run_id, route, cost_usd, billed_model, billed_tier)
        ), added AS (
          INSERT INTO jarvis.call_details (
            call_id, ai_call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
            prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd_exact, cost_source, streamed, attempt, goal_id, agent, function, run_id, route)
          SELECT
            call_id, ai_call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
            prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd_exact, cost_source, streamed, attempt, goal_id, agent, function, run_id, route
          FROM incoming
          ON CONFLICT (call_id) DO NOTHING
          RETURNING call_id, ai_call_id
        )
        INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
        OVERRIDING SYSTEM VALUE
        SELECT added.ai_call_id, i.billed_model, i.billed_tier, coalesce(i.prompt_tokens, 0), coalesce(i.completion_tokens, 0), i.cost_usd, i.goal_id, i.created_at
        FROM added JOIN incoming i ON i.call_id = added.call_id
        WHERE added.ai_call_id IS NOT NULL
        """;

    // One commit is on its way to the disk while the next batch travels; a third would only wait for the log.
    public int MaxConcurrentBatches => 2;

    public async Task AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        StorableCall[] calls = StorableCall.From(batch);
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlCommand command = new(Append, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.AddRange(Columns(calls));

                // Kept with the pooled connection: only its first batch pays for it.
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        connections.Compaction.AfterAppend();
        StorageLog.WarnOfCappedCosts(logger, calls);
    }

    // 22: data that a type cannot hold; 23: a constraint; 54: too large for a page. The others: the driver could not write the value at all.
    public bool IsRefusal(Exception exception) =>
        exception is PostgresException postgres
            ? postgres.SqlState[..2] is "22" or "23" or "54"
            : exception is ArgumentException or InvalidCastException or OverflowException;

    private static NpgsqlParameter[] Columns(StorableCall[] calls) =>
    [
        Column(NpgsqlDbType.Uuid, calls, call => call.CallId),
        Column(NpgsqlDbType.TimestampTz, calls, call => call.StartedAt),

        // Typed and without a kind: an untyped UTC value would be turned into the session's local time.
        Column(NpgsqlDbType.Timestamp, calls, call => DateTime.SpecifyKind(call.StartedAt, DateTimeKind.Unspecified)),
        Column(NpgsqlDbType.Integer, calls, call => call.LatencyMs),
        Column(NpgsqlDbType.Text, calls, call => call.Tier),
        Column(NpgsqlDbType.Text, calls, call => call.RequestedModel),
        Column(NpgsqlDbType.Text, calls, call => call.Model),
        Column(NpgsqlDbType.Text, calls, call => call.Provider),
        Column(NpgsqlDbType.Text, calls, call => call.GenerationId),
        Column(NpgsqlDbType.Text, calls, call => call.Status),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.HttpStatus),
        Column(NpgsqlDbType.Text, calls, call => call.Error),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.PromptTokens),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.CompletionTokens),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.CachedTokens),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.ReasoningTokens),
        Column(NpgsqlDbType.Numeric, calls, call => call.Record.CostUsd),
        Column(NpgsqlDbType.Text, calls, call => call.CostSource),
        Column(NpgsqlDbType.Boolean, calls, call => call.Record.IsStreamed),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.Attempt),
        Column(NpgsqlDbType.Integer, calls, call => call.Record.GoalId),
        Column(NpgsqlDbType.Text, calls, call => call.Agent),
        Column(NpgsqlDbType.Text, calls, call => call.Function),
        Column(NpgsqlDbType.Text, calls, call => call.RunId),
        Column(NpgsqlDbType.Text, calls, call => call.Route),
        Column(NpgsqlDbType.Numeric, calls, call => call.BilledCost),
        Column(NpgsqlDbType.Text, calls, call => call.BilledModel),
        Column(NpgsqlDbType.Text, calls, call => call.BilledTier),
    ];

    private static NpgsqlParameter<T[]> Column<T>(NpgsqlDbType type, StorableCall[] calls, Converter<StorableCall, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = Array.ConvertAll(calls, value) };
}
