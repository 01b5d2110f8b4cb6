using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Appends a batch in one transaction.</summary>
internal sealed class SqliteAiCallStore(SqliteConnections connections, IJarvisDatabase database, ILogger<SqliteAiCallStore> logger) : IAiCallStore
{
    private const string FindCall = "SELECT 1 FROM jarvis_call_details WHERE call_id = ?";

    private const string AddBilled =
        """
        INSERT INTO ai_calls (model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        RETURNING id
        """;

    private const string AddDetails =
        """
        INSERT INTO jarvis_call_details (
          call_id, ai_call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
          prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd_exact, cost_usd_text, cost_source, streamed, attempt,
          goal_id, agent, function, run_id, route)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const int SqliteTooBig = 18;
    private const int SqliteConstraint = 19;
    private const int SqliteMismatch = 20;

    // SQLite has one writer.
    public int MaxConcurrentBatches => 1;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        StorableCall[] calls = StorableCall.From(batch);
        await connections.WriteAsync(session => Append(calls, session), cancellationToken).ConfigureAwait(false);
        StorageLog.WarnOfCappedCosts(logger, calls);
    }

    public bool IsRefusal(Exception exception) =>
        exception is SqliteException sqlite
            ? sqlite.SqliteErrorCode is SqliteTooBig or SqliteConstraint or SqliteMismatch
            : exception is ArgumentException or InvalidCastException or OverflowException;

    private static void Append(StorableCall[] calls, SqliteWriterSession session)
    {
        SqliteStatement find = session.Statement(FindCall);
        SqliteStatement addBilled = session.Statement(AddBilled);
        SqliteStatement addDetails = session.Statement(AddDetails);
        foreach (StorableCall call in calls)
        {
            // The transaction holds the write lock since its beginning: nobody can add the call between the question and the insert.
            if (find.Bind(call.CallId, "D").Run() is null)
            {
                Describe(addDetails, call, call.BilledCost is { } cost ? Bill(addBilled, call, cost) : null);
            }
        }
    }

    private static long? Bill(SqliteStatement addBilled, StorableCall call, decimal cost) => addBilled
        .Bind(call.BilledModel)
        .Bind(call.BilledTier)
        .Bind(call.Record.PromptTokens ?? 0)
        .Bind(call.Record.CompletionTokens ?? 0)
        .Bind(SqliteMoney.From(cost))
        .Bind(call.Record.GoalId)
        .Bind(call.StartedAt, SqliteTime.Format)
        .Run();

    private static void Describe(SqliteStatement addDetails, StorableCall call, long? aiCallId)
    {
        (long? exact, string? text) = SqliteMoney.FromExact(call.Record.CostUsd);
        addDetails
            .Bind(call.CallId, "D")
            .Bind(aiCallId)
            .Bind(call.StartedAt, SqliteTime.Format)
            .Bind(call.LatencyMs)
            .Bind(call.Tier)
            .Bind(call.RequestedModel)
            .Bind(call.Model)
            .Bind(call.Provider)
            .Bind(call.GenerationId)
            .Bind(call.Status)
            .Bind(call.Record.HttpStatus)
            .Bind(call.Error)
            .Bind(call.Record.PromptTokens)
            .Bind(call.Record.CompletionTokens)
            .Bind(call.Record.CachedTokens)
            .Bind(call.Record.ReasoningTokens)
            .Bind(exact)
            .Bind(text)
            .Bind(call.CostSource)
            .Bind(call.Record.IsStreamed ? 1 : 0)
            .Bind(call.Record.Attempt)
            .Bind(call.Record.GoalId)
            .Bind(call.Agent)
            .Bind(call.Function)
            .Bind(call.RunId)
            .Bind(call.Route)
            .Run();
    }
}
