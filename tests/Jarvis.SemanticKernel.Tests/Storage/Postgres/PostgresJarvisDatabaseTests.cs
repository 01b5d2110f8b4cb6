using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresJarvisDatabaseTests(PostgresServer server)
{
    [Fact]
    public async Task GetScript_InPsqlTwice_IsTheMigration()
    {
        await using PostgresStorage migrated = new(await server.CreateDatabaseAsync());
        await using PostgresStorage scripted = new(await server.CreateDatabaseAsync(), autoMigrate: false);
        await migrated.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        await scripted.Outside.PsqlAsync(scripted.Database.GetScript());
        await scripted.Outside.PsqlAsync(scripted.Database.GetScript());

        Assert.Equal(await migrated.Outside.DumpAsync(), await scripted.Outside.DumpAsync());
        await scripted.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task EnsureReadyAsync_WithoutAutoMigrate_NamesTheScriptAndChangesNothing()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync(), autoMigrate: false);
        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains(storage.Outside.Name, exception.Message, StringComparison.Ordinal);
        Assert.Contains("docs/schema/postgres.sql", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AutoMigrate", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, await storage.CountAsync("pg_namespace WHERE nspname = 'jarvis'"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GRANT CREATE ON DATABASE {0} TO {1}")]
    public async Task EnsureReadyAsync_RoleThatMayNotCreate_NamesTheScriptAndWorksAfterIt(string grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        PostgresDatabase database = await server.CreateDatabaseAsync();
        string role = $"restricted_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'sEcReT'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        if (grant.Length > 0)
        {
            await database.ExecuteAsync(grant.Replace("{0}", database.Name, StringComparison.Ordinal).Replace("{1}", role, StringComparison.Ordinal));
        }

        string before = await database.DumpAsync();
        NpgsqlConnectionStringBuilder restricted = new(database.ConnectionString) { Username = role, Password = "sEcReT" };
        await using (PostgresStorage storage = new(database, ownsDatabase: false, connectionString: restricted.ConnectionString))
        {
            JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());
            Assert.Contains("docs/schema/postgres.sql", exception.Message, StringComparison.Ordinal);
            Assert.Contains(role, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sEcReT", exception.ToString(), StringComparison.Ordinal);
            Assert.Equal(before, await database.DumpAsync());

            string script = storage.Database.GetScript();
            await database.PsqlAsync(script);
            foreach (string line in script.Split('\n').Where(line => line.StartsWith("--   GRANT", StringComparison.Ordinal)))
            {
                await database.ExecuteAsync(line[2..].Replace("TO programs", $"TO {role}", StringComparison.Ordinal));
            }

            await storage.Calls.AppendAsync([Records.Billed()], TestContext.Current.CancellationToken);
            await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "r", "cli", Records.Noon, TestContext.Current.CancellationToken);
            Assert.Single(await storage.SpendAsync(Records.Noon, Records.Noon.AddDays(1), SpendGrouping.Tier));
        }

        await database.ExecuteAsync($"DROP OWNED BY {role}");
        await database.ExecuteAsync($"DROP ROLE {role}");
        await database.DisposeAsync();
    }

    [Fact]
    public async Task EnsureReadyAsync_RoleNamedAsOurSchema_CreatesTheSharedTablesWhereTheOtherProgramLooks()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Outside.ExecuteAsync("CREATE SCHEMA jarvis; ALTER DATABASE " + storage.Outside.Name + " SET search_path = jarvis, public");
        await storage.Calls.AppendAsync([Records.Billed()], TestContext.Current.CancellationToken);

        Assert.Equal(1, await storage.CountAsync("public.ai_calls"));
        Assert.Equal(5, await storage.CountAsync("pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task MigrateAsync_MissingDatabase_IsCreatedThereAndNowhereElse()
    {
        PostgresDatabase existing = await server.CreateDatabaseAsync();
        string missing = $"test_{Guid.NewGuid():N}";
        PostgresDatabase database = new(new NpgsqlConnectionStringBuilder(existing.ConnectionString) { Database = missing }.ConnectionString, existing.ConnectionString);
        await using (PostgresStorage storage = new(database))
        {
            JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());
            Assert.Contains("does not exist", exception.Message, StringComparison.Ordinal);
            await storage.Database.MigrateAsync(TestContext.Current.CancellationToken);
            await storage.Calls.AppendAsync([Records.Billed()], TestContext.Current.CancellationToken);
        }

        await existing.DisposeAsync();
    }

    [Fact]
    public async Task EnsureReadyAsync_NoServer_SaysWhichDatabaseAndNotThePassword()
    {
        await using PostgresStorage storage = new(
            new PostgresDatabase("Host=h;Database=d", "Host=h"), ownsDatabase: false, connectionString: "Host=127.0.0.1;Port=1;Database=app;Username=me;Password=sEcReT");
        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains("PostgreSQL database app on 127.0.0.1:1 as me (from test)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sEcReT", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsureReadyAsync_ExhaustedPool_SaysThatItIs()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await using PostgresStorage storage = new(
            database, connectionString: new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, Timeout = 1 }.ConnectionString);
        await using NpgsqlConnection taken = await storage.Connections.Main.OpenConnectionAsync(TestContext.Current.CancellationToken);

        JarvisDatabaseException exception = await Assert.ThrowsAsync<JarvisDatabaseException>(() => storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Contains("connection pool has been exhausted", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_ServerInAnotherZone_AreUtcInEveryTable()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync("Europe/Berlin"));
        Assert.Equal("Europe/Berlin", await storage.ScalarAsync("SHOW TimeZone"));
        await storage.Calls.AppendAsync([Records.Billed() with { StartedAt = Records.Noon.AddTicks(12_345_678).ToOffset(TimeSpan.FromHours(9)) }], TestContext.Current.CancellationToken);
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "r", "cli", Records.Noon, TestContext.Current.CancellationToken);

        Assert.Equal("2026-07-01 12:00:01.234567", await storage.ScalarAsync("SELECT created_at::text FROM ai_calls"));
        Assert.Equal("2026-07-01 14:00:01.234567+02", await storage.ScalarAsync("SELECT started_at::text FROM jarvis.call_details"));
        Assert.Equal("2026-07-01 12:00:00", await storage.ScalarAsync("SELECT updated_at::text FROM agent_state"));
        Assert.Equal("2026-07-01 12:00:00", await storage.ScalarAsync("SELECT created_at::text FROM kill_switch_audit"));
        Assert.Equal(Records.Noon, (await storage.Switch.ReadHistoryAsync(1, TestContext.Current.CancellationToken))[0].At);
        Assert.Single(await storage.SpendAsync(Records.Noon, Records.Noon.AddSeconds(2), SpendGrouping.Tier));
        Assert.Empty(await storage.SpendAsync(Records.Noon.AddSeconds(2), Records.Noon.AddDays(1), SpendGrouping.Tier));
    }

    [Fact]
    public async Task PoisonedCosts_PlainSql_SumsToTheLastDigit()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Calls.AppendAsync(
            [Records.Billed(10000.5m), Records.Billed(0.0076509169000000005m), Records.Billed(4e-9m)], TestContext.Current.CancellationToken);

        Assert.Equal("10000.5076509209000000005", await storage.ScalarAsync("SELECT trim_scale(sum(coalesce(cost_usd_exact, cost_usd)))::text FROM jarvis.calls"));
    }

    [Fact]
    public async Task ReadAsync_ExhaustedPool_DoesNotKeepTheSwitchWaiting()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await using PostgresStorage storage = new(database, connectionString: new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 4 }.ConnectionString);
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);
        NpgsqlConnection[] taken = new NpgsqlConnection[4];
        for (int index = 0; index < taken.Length; index++)
        {
            taken[index] = await storage.Connections.Main.OpenConnectionAsync(TestContext.Current.CancellationToken);
        }

        Assert.Null(Assert.Single((await storage.Switch.ReadAsync(TestContext.Current.CancellationToken)).Rows).Value);
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "r", "cli", Records.Noon, TestContext.Current.CancellationToken);
        foreach (NpgsqlConnection connection in taken)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task ReadAsync_WarmConnection_IsPreparedOnce()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Switch.PrepareAsync(TestContext.Current.CancellationToken);
        await storage.Switch.ReadAsync(TestContext.Current.CancellationToken);
        await storage.Switch.ReadAsync(TestContext.Current.CancellationToken);
        await using NpgsqlConnection connection = await storage.Connections.Guard.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%agent_state%'", connection);

        Assert.Equal(2L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task IsRefusal_ContentThatATypeCannotHold_IsOneAndALostConnectionIsNone()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Database.EnsureReadyAsync(TestContext.Current.CancellationToken);
        PostgresException overflow = await Assert.ThrowsAsync<PostgresException>(() => storage.ScalarAsync("INSERT INTO ai_calls (cost_usd) VALUES (10000)"));
        PostgresException missing = await Assert.ThrowsAsync<PostgresException>(() => storage.ScalarAsync("SELECT * FROM no_such_table"));

        Assert.True(storage.Calls.IsRefusal(overflow));
        Assert.False(storage.Calls.IsRefusal(missing));
        Assert.False(storage.Calls.IsRefusal(new NpgsqlException("lost", new IOException())));
    }
}
