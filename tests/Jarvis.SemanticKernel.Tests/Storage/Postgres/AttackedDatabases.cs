using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>Two databases with an active switch, which no refused statement changes.</summary>
public sealed class AttackedDatabases(PostgresServer server) : IAsyncLifetime
{
    private RolesDatabase? _strict;
    private RolesDatabase? _generous;

    /// <summary>With the rights of the script alone.</summary>
    internal RolesDatabase Strict => _strict!;

    /// <summary>Where somebody has granted everything on the rows to everybody, and the audit was there before us.</summary>
    internal RolesDatabase Generous => _generous!;

    public async ValueTask InitializeAsync()
    {
        _strict = await CreateAsync();
        _generous = await CreateAsync();
        await _generous.Outside.ExecuteAsync("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO PUBLIC; DROP TRIGGER jarvis_append_only ON kill_switch_audit");
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
        return roles;
    }
}
