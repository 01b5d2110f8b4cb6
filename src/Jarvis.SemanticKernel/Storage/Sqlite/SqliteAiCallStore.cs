using Jarvis.SemanticKernel.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Appends a batch in one transaction.</summary>
internal sealed class SqliteAiCallStore(SqliteConnections connections, IJarvisDatabase database, ILogger<SqliteAiCallStore> logger) : IAiCallStore
{
    private const string FindCall = "SELECT 1 FROM jarvis_call_details WHERE call_id = $call_id";

    private const string AddBilled =
        """
        INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
        VALUES ($model, $tier, $prompt_tokens, $completion_tokens, $cost_usd, $goal_id, $created_at)
        RETURNING id
        """;

    private const string AddDetails =
        """
        INSERT INTO jarvis_call_details (
          call_id, ai_call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
          prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd_exact, cost_usd_text, cost_source, streamed, attempt,
          goal_id, agent, function, run_id, route)
        VALUES (
          $call_id, $ai_call_id, $started_at, $latency_ms, $tier, $requested_model, $model, $provider, $generation_id, $status, $http_status, $error,
          $prompt_tokens, $completion_tokens, $cached_tokens, $reasoning_tokens, $cost_usd_exact, $cost_usd_text, $cost_source, $streamed, $attempt,
          $goal_id, $agent, $function, $run_id, $route)
        """;

    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    // SQLite has one writer.
    public int MaxConcurrentBatches => 1;

    public async Task AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        StorableCall[] calls = StorableCall.From(batch);
        await connections.WriteAsync((connection, transaction) => Append(calls, connection, transaction), cancellationToken).ConfigureAwait(false);
        StorageLog.WarnOfCappedCosts(logger, calls);
    }

    public bool IsRefusal(Exception exception) =>
        exception is SqliteException sqlite
            ? sqlite.SqliteErrorCode is SqliteTooBig or SqliteConstraint or SqliteMismatch
            : exception is ArgumentException or InvalidCastException or OverflowException;

    private static void Append(StorableCall[] calls, SqliteConnection connection, SqliteTransaction transaction)
    {
        using SqliteCommand find = new(FindCall, connection, transaction);
        using SqliteCommand addBilled = new(AddBilled, connection, transaction);
        using SqliteCommand addDetails = new(AddDetails, connection, transaction);
        foreach (StorableCall call in calls)
        {
            // The transaction holds the write lock since its beginning: nobody can add the call between the question and the insert.
            string callId = call.CallId.ToString("D");
            Set(find, "$call_id", callId);
            if (find.ExecuteScalar() is not null)
            {
                continue;
            }

            Set(addDetails, "$call_id", callId);
            Set(addDetails, "$ai_call_id", call.BilledCost is { } cost ? Bill(addBilled, call, cost) : null);
            Describe(addDetails, call);
            addDetails.ExecuteNonQuery();
        }
    }

    private static object? Bill(SqliteCommand addBilled, StorableCall call, decimal cost)
    {
        Set(addBilled, "$model", call.BilledModel);
        Set(addBilled, "$tier", call.BilledTier);
        Set(addBilled, "$prompt_tokens", call.Record.PromptTokens ?? 0);
        Set(addBilled, "$completion_tokens", call.Record.CompletionTokens ?? 0);
        Set(addBilled, "$cost_usd", SqliteMoney.From(cost));
        Set(addBilled, "$goal_id", call.Record.GoalId);
        Set(addBilled, "$created_at", SqliteTime.From(call.StartedAt));
        return addBilled.ExecuteScalar();
    }

    private static void Describe(SqliteCommand addDetails, StorableCall call)
    {
        (long? exact, string? text) = SqliteMoney.FromExact(call.Record.CostUsd);
        Set(addDetails, "$started_at", SqliteTime.From(call.StartedAt));
        Set(addDetails, "$latency_ms", call.LatencyMs);
        Set(addDetails, "$tier", call.Tier);
        Set(addDetails, "$requested_model", call.RequestedModel);
        Set(addDetails, "$model", call.Model);
        Set(addDetails, "$provider", call.Provider);
        Set(addDetails, "$generation_id", call.GenerationId);
        Set(addDetails, "$status", call.Status);
        Set(addDetails, "$http_status", call.Record.HttpStatus);
        Set(addDetails, "$error", call.Error);
        Set(addDetails, "$prompt_tokens", call.Record.PromptTokens);
        Set(addDetails, "$completion_tokens", call.Record.CompletionTokens);
        Set(addDetails, "$cached_tokens", call.Record.CachedTokens);
        Set(addDetails, "$reasoning_tokens", call.Record.ReasoningTokens);
        Set(addDetails, "$cost_usd_exact", exact);
        Set(addDetails, "$cost_usd_text", text);
        Set(addDetails, "$cost_source", call.CostSource);
        Set(addDetails, "$streamed", call.Record.IsStreamed);
        Set(addDetails, "$attempt", call.Record.Attempt);
        Set(addDetails, "$goal_id", call.Record.GoalId);
        Set(addDetails, "$agent", call.Agent);
        Set(addDetails, "$function", call.Function);
        Set(addDetails, "$run_id", call.RunId);
        Set(addDetails, "$route", call.Route);
    }

    private static void Set(SqliteCommand command, string name, object? value)
    {
        int at = command.Parameters.IndexOf(name);
        if (at < 0)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
        else
        {
            command.Parameters[at].Value = value ?? DBNull.Value;
        }
    }
}
