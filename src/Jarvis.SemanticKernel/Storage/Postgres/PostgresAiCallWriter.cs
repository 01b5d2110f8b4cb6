using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The statement that appends a batch, on a connection of its own: one round trip, one commit, no transaction to leave open.</summary>
internal sealed class PostgresAiCallWriter : IAsyncDisposable
{
    /// <summary>Of up to so many calls the sums get a delta each. Adding up more than these is less work than to store and fold a delta more.</summary>
    public const int Few = 4;

    // The details decide who is new: a call_id that another process is inserting makes this statement wait and then leave the row out. Only survivors get their row
    // of ai_calls, under the id drawn before. A drawn id that is not used leaves a gap, as any rolled back insert does. OVERRIDING SYSTEM VALUE: the column may be
    // serial or either kind of identity. What ai_calls holds as the details do is not sent twice. IS TRUE keeps the planner, who expects ten rows, from a nested loop.
    // The last parameter tells the triggers that keep sums whether both rows of every call say the same, see SpendRollup.
    private const string Before =
        """
        WITH incoming AS MATERIALIZED (
          SELECT r.*, CASE WHEN r.cost_usd_exact IS NOT NULL
                        THEN nextval((SELECT pg_get_serial_sequence('ai_calls', 'id')::regclass))::integer END AS ai_call_id
          FROM
        """;

    private const string Sent =
        """
        call_id, started_at, latency_ms, tier, requested_model, model, provider, generation_id, status, http_status, error, prompt_tokens, completion_tokens,
        cached_tokens, reasoning_tokens, cost_usd_exact, cost_source, streamed, attempt, goal_id, agent, function, run_id, route
        """;

    private const string After =
        $"""
            AS r ({Sent}, cost_usd, billed_model, billed_tier)
          WHERE (SELECT set_config('jarvis.ledger', $28, true)) IS NOT NULL
        ), added AS (
          INSERT INTO jarvis.call_details ({Sent}, ai_call_id)
          SELECT {Sent}, ai_call_id FROM incoming
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

    private const string Places = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27";
    private const string AppendOne = $"{Before} (VALUES ({Places})) {After}";
    private const string AppendMany = $"{Before} unnest({Places}) {After}";

    private readonly NpgsqlConnection _connection;
    private readonly PostgresColumn[] _columns = NewColumns();
    private readonly NpgsqlParameter<string> _pairsOfOne = new() { TypedValue = "", NpgsqlDbType = NpgsqlDbType.Text };
    private readonly NpgsqlParameter<string> _pairsOfMany = new() { TypedValue = "", NpgsqlDbType = NpgsqlDbType.Text };
    private readonly NpgsqlCommand _one;
    private readonly NpgsqlCommand _many;
    private bool _isOnePrepared;
    private bool _isManyPrepared;

    private PostgresAiCallWriter(NpgsqlConnection connection)
    {
        _connection = connection;
        _one = new NpgsqlCommand(AppendOne, connection);
        _one.Parameters.AddRange(Array.ConvertAll(_columns, column => column.One));
        _one.Parameters.Add(_pairsOfOne);
        _many = new NpgsqlCommand(AppendMany, connection);
        _many.Parameters.AddRange(Array.ConvertAll(_columns, column => column.Many));
        _many.Parameters.Add(_pairsOfMany);
    }

    /// <summary>Gets a value indicating whether a batch went through this connection before: it may have died since.</summary>
    public bool IsUsed { get; private set; }

    public static async Task<PostgresAiCallWriter> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken) =>
        new(await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(StorableCall[] calls, bool prepares, CancellationToken cancellationToken)
    {
        foreach (PostgresColumn column in _columns)
        {
            column.Fill(calls);
        }

        // One alone is spared the arrays.
        bool isOne = calls.Length == 1;
        bool arePairs = Array.TrueForAll(calls, call => call.IsBilledAsIs);
        string pairs = !arePairs ? "" : calls.Length <= Few ? "few" : "many";
        (_pairsOfOne.TypedValue, _pairsOfMany.TypedValue) = (pairs, pairs);
        NpgsqlCommand command = isOne ? _one : _many;
        ref bool isPrepared = ref isOne ? ref _isOnePrepared : ref _isManyPrepared;
        if (prepares && !isPrepared)
        {
            isPrepared = true;
            await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        IsUsed = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync().ConfigureAwait(false);
        await _many.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static PostgresColumn[] NewColumns() =>
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
}
