using System.Data;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresCallCorrection(PostgresConnections connections, IJarvisDatabase database, ILogger<PostgresCallCorrection> logger) : ICallCorrectionStore
{
    // Whoever comes second waits here, and then sees what the first one did. A statement of its own, so that the next one sees the row of ai_calls that the first one added.
    private const string TakeRecord = "SELECT cost_source, ai_call_id IS NOT NULL FROM jarvis.call_details WHERE call_id = $1 FOR UPDATE";

    private const string Correct =
        """
        WITH before AS MATERIALIZED (
          SELECT d.*,
                 coalesce(d.ai_call_id, nextval((SELECT pg_get_serial_sequence('ai_calls', 'id')::regclass))::integer) AS billed_id,
                 coalesce($4, d.prompt_tokens) AS new_prompt_tokens, coalesce($5, d.completion_tokens) AS new_completion_tokens,
                 coalesce($6, d.cached_tokens) AS new_cached_tokens, coalesce($7, d.reasoning_tokens) AS new_reasoning_tokens,
                 coalesce(d.model, $8) AS new_model, coalesce(d.provider, $9) AS new_provider
          FROM jarvis.call_details d WHERE d.call_id = $1
        ), kept AS (
          INSERT INTO jarvis.corrections (
            call_id, corrected_at, asked_by, cost_source_before, cost_source_after, cost_usd_before, cost_usd_after, prompt_tokens_before, prompt_tokens_after,
            completion_tokens_before, completion_tokens_after, cached_tokens_before, cached_tokens_after, reasoning_tokens_before, reasoning_tokens_after,
            model_before, model_after, provider_before, provider_after)
          SELECT
            call_id, $10, $11, cost_source, $2, cost_usd_exact, $3, prompt_tokens, new_prompt_tokens,
            completion_tokens, new_completion_tokens, cached_tokens, new_cached_tokens, reasoning_tokens, new_reasoning_tokens,
            model, new_model, provider, new_provider
          FROM before
        ), details AS (
          UPDATE jarvis.call_details d
          SET ai_call_id = b.billed_id, cost_source = $2, cost_usd_exact = $3, prompt_tokens = b.new_prompt_tokens, completion_tokens = b.new_completion_tokens,
              cached_tokens = b.new_cached_tokens, reasoning_tokens = b.new_reasoning_tokens, model = b.new_model, provider = b.new_provider
          FROM before b WHERE d.call_id = b.call_id
        ), added AS (
          INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
          OVERRIDING SYSTEM VALUE
          SELECT billed_id, left(coalesce(new_model, requested_model), 128), left(tier, 32), coalesce(new_prompt_tokens, 0), coalesce(new_completion_tokens, 0), $12,
                 goal_id, started_at AT TIME ZONE 'UTC'
          FROM before WHERE ai_call_id IS NULL
        )
        """;

    // Apart, because an agent's role may not change what is billed already, and need not.
    private const string CorrectUnbilled = $"{Correct} SELECT";

    private const string CorrectBilled =
        $"""
        {Correct}
        UPDATE ai_calls a
        SET model = left(coalesce(b.new_model, b.requested_model), 128), prompt_tokens = coalesce(b.new_prompt_tokens, 0),
            completion_tokens = coalesce(b.new_completion_tokens, 0), cost_usd = $12
        FROM before b WHERE a.id = b.ai_call_id
        """;

    public async Task<bool?> CorrectAsync(CallCorrection correction, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (await TakeAsync(correction.CallId, connection, cancellationToken).ConfigureAwait(false) is not ({ } known, var isBilled))
                {
                    return null;
                }

                if (!correction.IsBetterThan(known))
                {
                    return false;
                }

                NpgsqlCommand command = isBilled ? new(CorrectBilled, connection) : new(CorrectUnbilled, connection);
                await using (command.ConfigureAwait(false))
                {
                    command.Parameters.AddRange(Values(correction));
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        StorageLog.WarnOfCappedCost(logger, correction.CallId, correction.Model, correction.CostUsd);
        return true;
    }

    private static async Task<(CostSource Known, bool IsBilled)?> TakeAsync(Guid callId, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(TakeRecord, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = callId });
            NpgsqlDataReader row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                return await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? (StorableCost.Source(row.GetString(0)), row.GetBoolean(1)) : null;
            }
        }
    }

    private static NpgsqlParameter[] Values(CallCorrection correction) =>
    [
        new NpgsqlParameter<Guid> { TypedValue = correction.CallId },
        new NpgsqlParameter<string> { TypedValue = StorableCost.Text(correction.Source) },
        new NpgsqlParameter<decimal> { TypedValue = correction.CostUsd },
        Value(NpgsqlDbType.Integer, correction.PromptTokens),
        Value(NpgsqlDbType.Integer, correction.CompletionTokens),
        Value(NpgsqlDbType.Integer, correction.CachedTokens),
        Value(NpgsqlDbType.Integer, correction.ReasoningTokens),
        Value(NpgsqlDbType.Text, StorableText.From(correction.Model)),
        Value(NpgsqlDbType.Text, StorableText.From(correction.Provider)),
        new NpgsqlParameter<DateTime> { TypedValue = correction.At.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        new NpgsqlParameter<string> { TypedValue = correction.AskedBy },
        new NpgsqlParameter<decimal> { TypedValue = StorableCost.Billed(correction.CostUsd) },
    ];

    private static NpgsqlParameter Value(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
