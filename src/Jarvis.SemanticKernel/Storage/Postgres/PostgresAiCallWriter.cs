using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The statement that appends a batch, on a connection of its own: one round trip, one commit, no transaction to leave open.</summary>
internal sealed class PostgresAiCallWriter : IAsyncDisposable
{
    // The details decide who is new: a call_id that another process is inserting makes this statement wait and then leave the row out. Only survivors get their row
    // of ai_calls, under the id drawn before. A drawn id that is not used leaves a gap, as any rolled back insert does. OVERRIDING SYSTEM VALUE: the column may be
    // serial or either kind of identity. What ai_calls holds as the details do is not sent twice. IS TRUE keeps the planner, who expects ten rows, from a nested loop.
    private const string Append =
        """
        WITH incoming AS MATERIALIZED (
          SELECT r.*, CASE WHEN r.cost_usd_exact IS NOT NULL
                        THEN nextval((SELECT pg_get_serial_sequence('ai_calls', 'id')::regclass))::integer END AS ai_call_id
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
            AS r (call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error,
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
          RETURNING ai_call_id
        )
        INSERT INTO ai_calls (id, model, tier, prompt_tokens, completion_tokens, cost_usd, goal_id, created_at)
        OVERRIDING SYSTEM VALUE
        SELECT ai_call_id, coalesce(billed_model, model, requested_model), coalesce(billed_tier, tier), coalesce(prompt_tokens, 0), coalesce(completion_tokens, 0),
          coalesce(cost_usd, cost_usd_exact), goal_id, started_at AT TIME ZONE 'UTC'
        FROM incoming
        WHERE (ai_call_id IN (SELECT ai_call_id FROM added)) IS TRUE
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly PostgresColumn[] _columns =
    [
        PostgresColumn.Of(NpgsqlDbType.Uuid, call => call.CallId),
        PostgresColumn.Of(NpgsqlDbType.TimestampTz, call => call.StartedAt),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.LatencyMs),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Tier),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.RequestedModel),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Model),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Provider),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.GenerationId),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Status),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.HttpStatus),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Error),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.PromptTokens),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.CompletionTokens),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.CachedTokens),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.ReasoningTokens),
        PostgresColumn.Of(NpgsqlDbType.Numeric, call => call.Record.CostUsd),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.CostSource),
        PostgresColumn.Of(NpgsqlDbType.Boolean, call => call.Record.IsStreamed),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.Attempt),
        PostgresColumn.Of(NpgsqlDbType.Integer, call => call.Record.GoalId),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Agent),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Function),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.RunId),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.Route),
        PostgresColumn.Of(NpgsqlDbType.Numeric, call => call.BilledCost == call.Record.CostUsd ? null : call.BilledCost),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.BilledModel is var billed && billed == (call.Model ?? call.RequestedModel) ? null : billed),
        PostgresColumn.Of(NpgsqlDbType.Text, call => call.BilledTier is var billed && billed == call.Tier ? null : billed),
    ];

    private bool _isPrepared;

    private PostgresAiCallWriter(NpgsqlConnection connection)
    {
        _connection = connection;
        _command = new NpgsqlCommand(Append, connection);
        _command.Parameters.AddRange(Array.ConvertAll(_columns, column => column.Parameter));
    }

    /// <summary>Gets a value indicating whether a batch went through this connection before: it may have died since.</summary>
    public bool IsUsed { get; private set; }

    public static async Task<PostgresAiCallWriter> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken) =>
        new(await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false));

    public async Task WriteAsync(StorableCall[] calls, bool isPrepared, CancellationToken cancellationToken)
    {
        foreach (PostgresColumn column in _columns)
        {
            column.Fill(calls);
        }

        try
        {
            if (isPrepared && !_isPrepared)
            {
                await _command.PrepareAsync(cancellationToken).ConfigureAwait(false);
                _isPrepared = true;
            }

            await _command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            IsUsed = true;
        }
        finally
        {
            Array.ForEach(_columns, column => column.Clear());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }
}
