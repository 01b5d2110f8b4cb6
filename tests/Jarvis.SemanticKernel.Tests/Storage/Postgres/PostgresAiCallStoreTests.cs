using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

public sealed class PostgresAiCallStoreTests(PostgresServer server) : AiCallStoreContract
{
    private const string Ours = "pg_stat_activity WHERE datname = current_database() AND application_name LIKE '% ledger'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_ConnectionDiedWhileNobodyWrote_NobodyNotices()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Calls.AppendAsync([Records.Billed()], Ct);
        Assert.Equal(1, await storage.CountAsync($"(SELECT pg_terminate_backend(pid) AS ended FROM {Ours}) AS e WHERE ended"));

        await storage.Calls.AppendAsync([Records.Billed(), Records.Billed()], Ct);

        Assert.Equal(3, await storage.CountAsync("ai_calls"));
    }

    [Fact]
    public async Task AppendAsync_PreparedStatementIsGone_GoesOnWithoutPreparing()
    {
        // As behind a pooler that gives every transaction another session.
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Database.EnsureReadyAsync(Ct);
        await storage.Outside.ExecuteAsync(
            """
            CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ALL'; RETURN NULL; END $$;
            CREATE TRIGGER forget AFTER INSERT ON ai_calls FOR EACH STATEMENT EXECUTE FUNCTION forget();
            """);
        await AppendAsync();
        await AppendAsync();
        object? session = await storage.ScalarAsync($"SELECT pid FROM {Ours}");

        await AppendAsync();
        await AppendAsync();

        Assert.Equal(12, await storage.CountAsync("ai_calls"));
        Assert.Equal(session, await storage.ScalarAsync($"SELECT pid FROM {Ours}"));

        async Task AppendAsync()
        {
            await storage.Calls.AppendAsync([Records.Billed()], Ct);
            await storage.Calls.AppendAsync([Records.Billed(), Records.Billed()], Ct);
        }
    }

    [Fact]
    public async Task AppendAsync_StatementThatHangs_IsEndedAndTheCallIsStoredOnceAllTheSame()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync(), storeTimeout: TimeSpan.FromSeconds(1));
        await storage.Calls.AppendAsync([Records.Billed()], Ct);
        AiCallRecord record = Records.Billed();
        await using (NpgsqlConnection other = new($"{storage.Outside.ConnectionString};Pooling=false"))
        {
            await other.OpenAsync(Ct);
            await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Ct);
            await using NpgsqlCommand command = new("LOCK TABLE jarvis.call_details IN ACCESS EXCLUSIVE MODE", other, transaction);
            await command.ExecuteNonQueryAsync(Ct);

            NpgsqlException failure = await Assert.ThrowsAnyAsync<NpgsqlException>(() => storage.Calls.AppendAsync([record], Ct).AsTask());

            Assert.IsType<TimeoutException>(failure.InnerException);
            Assert.False(storage.Calls.IsRefusal(failure));
            Assert.Equal(0, await storage.CountAsync($"{Ours} AND state = 'active'"));
        }

        await storage.Calls.AppendAsync([record], Ct);
        Assert.Equal(2, await storage.CountAsync("ai_calls"));
    }

    [Fact]
    public async Task NobodyWritesForAMinute_ConnectionsAreGivenBack()
    {
        await using PostgresStorage storage = new(await server.CreateDatabaseAsync());
        await storage.Calls.AppendAsync([Records.Billed()], Ct);
        Assert.Equal(1, await storage.CountAsync(Ours));

        storage.Clock.Advance(TimeSpan.FromMinutes(1));

        await Eventually.TrueAsync(async () => await storage.CountAsync(Ours) == 0, Ct);
        await storage.Calls.AppendAsync([Records.Billed()], Ct);
        Assert.Equal(2, await storage.CountAsync("ai_calls"));
    }

    protected override async Task<StorageUnderTest> OpenAsync() => new PostgresStorage(await server.CreateDatabaseAsync());
}
