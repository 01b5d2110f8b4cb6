using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>Two databases with an active switch, recorded calls and books, which no refused statement changes.</summary>
public sealed class AttackedDatabases(PostgresServer server) : IAsyncLifetime
{
    private RolesDatabase? _strict;
    private RolesDatabase? _generous;

    /// <summary>With the rights of the script alone.</summary>
    internal RolesDatabase Strict => _strict!;

    /// <summary>Where somebody has granted everything on the rows to everybody, and the audit was there before us.</summary>
    internal RolesDatabase Generous => _generous!;

    internal PostgresServer Server => server;

    public async ValueTask InitializeAsync()
    {
        _strict = await CreateAsync();
        _generous = await CreateAsync();
        await _generous.Outside.ExecuteAsync(
            """
            GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO PUBLIC;
            GRANT UPDATE ON jarvis.call_details TO PUBLIC;
            DROP TRIGGER jarvis_append_only ON kill_switch_audit
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Strict.DisposeAsync();
        await Generous.DisposeAsync();
    }

    private async Task<RolesDatabase> CreateAsync()
    {
        RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await roles.Outside.ExecuteAsync("""INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{"active":true,"reason":"operator"}')""");
        await roles.Outside.ExecuteAsync("INSERT INTO kill_switch_audit (action, reason, triggered_by) VALUES ('activate', 'operator', 'cli')");
        await using PostgresStorage storage = new(roles.Outside, ownsDatabase: false);
        await storage.Calls.AppendAsync(
            [Records.Billed(1m), Records.Billed(2m) with { CostSource = CostSource.Computed }, Records.Unbilled(), Records.Unbilled() with { GenerationId = "gen-2" }], TestContext.Current.CancellationToken);
        await roles.Outside.ExecuteAsync(
            """
            INSERT INTO jarvis.corrections (call_id, cost_source_after, corrected_at, asked_by, cost_source_before, cost_usd_after)
            SELECT call_id, 'reconciled', now(), 'worker', 'unknown', 5 FROM jarvis.call_details WHERE generation_id = 'gen-2';
            INSERT INTO operating_costs (category, amount_usd, period_start, period_end) VALUES ('vm', 1, '2026-07-01', '2026-08-01');
            INSERT INTO revenue (strategy_id, amount_usd) VALUES ('shop', 1);
            INSERT INTO jarvis.bookings (kind, row_id, reference) VALUES ('cost', 1, 'invoice');
            INSERT INTO jarvis.strategy_goals (strategy_id, goal_id) VALUES ('shop', 42);
            INSERT INTO jarvis.balances (at, account, ledger_usd) VALUES (now(), 'key', 1);
            """);
        return roles;
    }
}
