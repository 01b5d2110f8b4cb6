using Jarvis.SemanticKernel.Storage.Postgres;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>A migrated database with the two roles, and a login of its own for each.</summary>
internal sealed class RolesDatabase : IAsyncDisposable
{
    private readonly string _suffix = Guid.NewGuid().ToString("N");

    private RolesDatabase(PostgresDatabase outside) => Outside = outside;

    /// <summary>The database as its owner sees it.</summary>
    public PostgresDatabase Outside { get; }

    public string Agent => $"agent_{_suffix}";

    public string Operator => $"operator_{_suffix}";

    public string Owner => new NpgsqlConnectionStringBuilder(Outside.ConnectionString).Username!;

    public static async Task<RolesDatabase> CreateAsync(PostgresServer server) => await CreateAsync(await server.CreateDatabaseAsync());

    public static async Task<RolesDatabase> CreateAsync(PostgresDatabase database)
    {
        RolesDatabase roles = new(database);
        await using (PostgresStorage storage = new(database, ownsDatabase: false))
        {
            await storage.Database.MigrateAsync(TestContext.Current.CancellationToken);
        }

        await database.ExecuteAsync(PostgresRoles.Script);
        await database.ExecuteAsync($"CREATE ROLE {roles.Agent} LOGIN PASSWORD 'sEcReT' IN ROLE jarvis_agent; CREATE ROLE {roles.Operator} LOGIN PASSWORD 'sEcReT' IN ROLE jarvis_operator");

        // What an owner may have left lying about.
        await database.ExecuteAsync(
            """
            CREATE FUNCTION release_as_owner() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE agent_state SET value = '{"active":false}' $$;
            CREATE VIEW state_of_the_owner AS SELECT * FROM agent_state;
            GRANT SELECT, UPDATE ON state_of_the_owner TO PUBLIC;
            """);
        return roles;
    }

    public string ConnectionString(string login) => new NpgsqlConnectionStringBuilder(Outside.ConnectionString) { Username = login, Password = "sEcReT" }.ConnectionString;

    public async Task ExecuteAsync(string login, string sql)
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(ConnectionString(login)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>All of the switch, as a text.</summary>
    public Task<string?> TextAsync() => Outside.TextAsync(
        """
        SELECT (SELECT coalesce(string_agg(s::text, E'\n' ORDER BY s.id), '') FROM agent_state s) || (SELECT coalesce(string_agg(a::text, E'\n' ORDER BY a.id), '') FROM kill_switch_audit a)
          || (SELECT coalesce(string_agg(c::text, E'\n'), '') FROM jarvis.kill_switch_changes c) || (SELECT string_agg(v::text, E'\n') FROM jarvis.kill_switch_version v)
        """);

    public async ValueTask DisposeAsync()
    {
        await Outside.ExecuteAsync($"DROP OWNED BY {Agent}, {Operator}; DROP ROLE {Agent}, {Operator}");
        await Outside.DisposeAsync();
    }
}
