using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteCallCorrection(SqliteConnections connections, IJarvisDatabase database, ILogger<SqliteCallCorrection> logger) : ICallCorrectionStore
{
    private const string FindSource = "SELECT cost_source FROM jarvis_call_details WHERE call_id = $call_id";

    // In this order: what is kept is what the record says before it is corrected, and the row of ai_calls is made of the corrected one.
    private const string Correct =
        """
        INSERT INTO jarvis_corrections (
          call_id, corrected_at, asked_by, cost_source_before, cost_source_after, cost_usd_before, cost_usd_before_text, cost_usd_after, cost_usd_after_text,
          prompt_tokens_before, prompt_tokens_after, completion_tokens_before, completion_tokens_after, cached_tokens_before, cached_tokens_after,
          reasoning_tokens_before, reasoning_tokens_after, model_before, model_after, provider_before, provider_after)
        SELECT
          call_id, $corrected_at, $asked_by, cost_source, $cost_source, cost_usd_exact, cost_usd_text, $cost_usd_exact, $cost_usd_text,
          prompt_tokens, coalesce($prompt_tokens, prompt_tokens), completion_tokens, coalesce($completion_tokens, completion_tokens),
          cached_tokens, coalesce($cached_tokens, cached_tokens), reasoning_tokens, coalesce($reasoning_tokens, reasoning_tokens),
          model, coalesce(model, $model), provider, coalesce(provider, $provider)
        FROM jarvis_call_details WHERE call_id = $call_id;

        UPDATE jarvis_call_details
        SET cost_source = $cost_source, cost_usd_exact = $cost_usd_exact, cost_usd_text = $cost_usd_text,
            prompt_tokens = coalesce($prompt_tokens, prompt_tokens), completion_tokens = coalesce($completion_tokens, completion_tokens),
            cached_tokens = coalesce($cached_tokens, cached_tokens), reasoning_tokens = coalesce($reasoning_tokens, reasoning_tokens),
            model = coalesce(model, $model), provider = coalesce(provider, $provider)
        WHERE call_id = $call_id;

        UPDATE ai_calls
        SET model = d.billed_model, prompt_tokens = d.prompt_tokens, completion_tokens = d.completion_tokens, cost_usd = $cost_usd
        FROM (SELECT ai_call_id, substr(coalesce(model, requested_model), 1, 128) AS billed_model, coalesce(prompt_tokens, 0) AS prompt_tokens,
                     coalesce(completion_tokens, 0) AS completion_tokens
              FROM jarvis_call_details WHERE call_id = $call_id) AS d
        WHERE ai_calls.id = d.ai_call_id;

        INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
        SELECT substr(coalesce(model, requested_model), 1, 128), substr(tier, 1, 32), coalesce(prompt_tokens, 0), coalesce(completion_tokens, 0), $cost_usd, goal_id, started_at
        FROM jarvis_call_details WHERE call_id = $call_id AND ai_call_id IS NULL;

        UPDATE jarvis_call_details SET ai_call_id = last_insert_rowid() WHERE call_id = $call_id AND ai_call_id IS NULL;
        """;

    public async Task<bool?> CorrectAsync(CallCorrection correction, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        bool? isDone = null;
        await connections.WriteAsync((connection, transaction) => isDone = Write(correction, connection, transaction), cancellationToken).ConfigureAwait(false);
        if (isDone == true)
        {
            StorageLog.WarnOfCappedCost(logger, correction.CallId, correction.Model, correction.CostUsd);
        }

        return isDone;
    }

    // The transaction holds the write lock since its beginning: nobody can correct the record between the question and the answer.
    private static bool? Write(CallCorrection correction, SqliteConnection connection, SqliteTransaction transaction)
    {
        string callId = correction.CallId.ToString("D");
        using SqliteCommand find = new(FindSource, connection, transaction);
        find.Parameters.AddWithValue("$call_id", callId);
        if (find.ExecuteScalar() is not string known)
        {
            return null;
        }

        if (!correction.IsBetterThan(StorableCost.Source(known)))
        {
            return false;
        }

        (long? exact, string? text) = SqliteMoney.FromExact(correction.CostUsd);
        using SqliteCommand command = new(Correct, connection, transaction);
        Set("$call_id", callId);
        Set("$corrected_at", SqliteTime.From(correction.At));
        Set("$asked_by", correction.AskedBy);
        Set("$cost_source", StorableCost.Text(correction.Source));
        Set("$cost_usd", SqliteMoney.From(StorableCost.Billed(correction.CostUsd)));
        Set("$cost_usd_exact", exact);
        Set("$cost_usd_text", text);
        Set("$prompt_tokens", correction.PromptTokens);
        Set("$completion_tokens", correction.CompletionTokens);
        Set("$cached_tokens", correction.CachedTokens);
        Set("$reasoning_tokens", correction.ReasoningTokens);
        Set("$model", StorableText.From(correction.Model));
        Set("$provider", StorableText.From(correction.Provider));
        command.ExecuteNonQuery();
        return true;

        void Set(string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }
}
