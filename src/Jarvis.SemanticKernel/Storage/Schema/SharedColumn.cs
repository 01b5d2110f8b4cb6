namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>A column that we need in a table which other programs own too.</summary>
internal sealed record SharedColumn(string Table, string Name, string PostgresType, string SqliteType, bool TakesNull = false)
{
    private const string Timestamp = "timestamp without time zone";

    public static readonly IReadOnlyList<SharedColumn> All =
    [
        new("agent_state", "id", "integer", "INTEGER"),
        new("agent_state", "key", "character varying(256)", "TEXT"),
        new("agent_state", "value", "jsonb", "TEXT"),
        new("agent_state", "updated_at", Timestamp, "TEXT"),
        new("ai_calls", "id", "integer", "INTEGER"),
        new("ai_calls", "model", "character varying(128)", "TEXT"),
        new("ai_calls", "tier", "character varying(32)", "TEXT"),
        new("ai_calls", "prompt_tokens", "integer", "INTEGER"),
        new("ai_calls", "completion_tokens", "integer", "INTEGER"),
        new("ai_calls", "cost_usd", "numeric(12,8)", "INTEGER"),
        new("ai_calls", "goal_id", "integer", "INTEGER", TakesNull: true),
        new("ai_calls", "created_at", Timestamp, "TEXT"),
        new("operating_costs", "id", "integer", "INTEGER"),
        new("operating_costs", "category", "cost_category", "TEXT"),
        new("operating_costs", "amount_usd", "numeric(12,8)", "INTEGER"),
        new("operating_costs", "description", "text", "TEXT", TakesNull: true),
        new("operating_costs", "period_start", Timestamp, "TEXT"),
        new("operating_costs", "period_end", Timestamp, "TEXT"),
        new("operating_costs", "created_at", Timestamp, "TEXT"),
        new("revenue", "id", "integer", "INTEGER"),
        new("revenue", "strategy_id", "text", "TEXT"),
        new("revenue", "source_attribution", "text", "TEXT", TakesNull: true),
        new("revenue", "amount_usd", "numeric(12,8)", "INTEGER"),
        new("revenue", "earned_at", Timestamp, "TEXT"),
        new("revenue", "created_at", Timestamp, "TEXT"),
        new("kill_switch_audit", "id", "integer", "INTEGER"),
        new("kill_switch_audit", "action", "text", "TEXT"),
        new("kill_switch_audit", "reason", "text", "TEXT"),
        new("kill_switch_audit", "triggered_by", "text", "TEXT"),
        new("kill_switch_audit", "created_at", Timestamp, "TEXT"),
    ];

    public static readonly IReadOnlyList<string> Tables = [.. All.Select(column => column.Table).Distinct()];

    public string TypeOn(DatabaseKind kind) => kind == DatabaseKind.Postgres ? PostgresType : SqliteType;
}
