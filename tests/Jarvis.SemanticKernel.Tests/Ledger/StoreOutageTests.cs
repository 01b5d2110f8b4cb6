using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.KillSwitch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A real database stops taking records in the middle of calls: every call succeeds, and in the end every record is there once.</summary>
public sealed class StoreOutageTests(PostgresServer server, OwnPostgresServer own) : IClassFixture<OwnPostgresServer>, IDisposable
{
    private const int Callers = 8;
    private const int CallsBefore = 40;
    private const int CallsDuring = 80;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _journal = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task ServerThatHangs()
    {
        await using PostgresDatabase database = await own.CreateDatabaseAsync();

        await RunAsync(database, own.Server.PauseAsync, own.Server.ContinueAsync);
    }

    [Fact]
    public async Task ServerThatIsRestarted()
    {
        await using PostgresDatabase database = await own.CreateDatabaseAsync();

        await RunAsync(database, own.Server.RestartAsync, () => Task.CompletedTask);
    }

    [Fact]
    public async Task DatabaseThatIsReadOnly()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();

        await RunAsync(
            database,
            () => database.ExecuteAsync(
                $"ALTER DATABASE {database.Name} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}' AND application_name = 'Jarvis.SemanticKernel'"),
            () => database.ExecuteAsync(
                $"SET TRANSACTION READ WRITE; ALTER DATABASE {database.Name} RESET default_transaction_read_only; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}' AND application_name = 'Jarvis.SemanticKernel'"));
    }

    [Theory]
    [InlineData("53100", 1.0)] // disk_full
    [InlineData("XX000", 0.1)] // internal_error, now and then
    public async Task StatementsThatFail(string state, double howOften)
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();

        await RunAsync(
            database,
            () => database.ExecuteAsync(FormattableString.Invariant(
                $"""
                CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN IF random() < {howOften} THEN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'on purpose'; END IF; RETURN NULL; END $$;
                CREATE TRIGGER fail BEFORE INSERT ON jarvis.call_details FOR EACH STATEMENT EXECUTE FUNCTION fail();
                """)),
            () => database.ExecuteAsync("DROP TRIGGER fail ON jarvis.call_details"));
    }

    [Fact]
    public async Task RecordThatTheDatabaseRefuses_IsKeptAndCountedAndTheCallSucceeds()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using JarvisHarness jarvis = await StartAsync(database);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        await database.ExecuteAsync("ALTER TABLE jarvis.call_details ADD CHECK (tier <> 'cheap')");

        await jarvis.Chat(Tier.Cheap).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);

        await Eventually.TrueAsync(async () => await database.TextAsync("SELECT count(*) FROM jarvis.call_details") == "2", Ct);
        await Eventually.TrueAsync(() => Task.FromResult(_journal.Files("*.journal").Length == 0), Ct);
        LedgerJournalState state = await jarvis.Services.GetRequiredService<ILedgerJournal>().GetStateAsync(Ct);
        Assert.Equal((0, 1, 0), (state.WaitingRecords, state.RefusedRecords, state.DamagedFiles));
        Assert.Contains("\"refusal\":\"PostgresException\"", await File.ReadAllTextAsync(Assert.Single(_journal.Files("*.refused")), Ct), StringComparison.Ordinal);
    }

    private async Task RunAsync(PostgresDatabase database, Func<Task> breakAsync, Func<Task> mendAsync)
    {
        await using JarvisHarness jarvis = await StartAsync(database);
        await CallAsync(jarvis, CallsBefore);
        Task calls = CallAsync(jarvis, CallsDuring);
        await jarvis.Upstream.WaitForRequestsAsync(CallsBefore + Callers, Ct);
        await breakAsync();
        await calls.WaitAsync(Bound, Ct);
        await CallAsync(jarvis, CallsDuring);
        Assert.Equal(CallsBefore + (2 * CallsDuring), jarvis.Upstream.RequestCount);

        await mendAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_journal.Files("*.journal").Length == 0), Ct);

        Assert.Equal(
            $"{jarvis.Upstream.RequestCount}|{jarvis.Upstream.TotalBilledUsd:0.000000000000}|{jarvis.Upstream.RequestCount}",
            await database.TextAsync(
                "SELECT count(*) || '|' || sum(d.cost_usd_exact)::numeric(20,12) || '|' || (SELECT count(*) FROM ai_calls) FROM jarvis.call_details d JOIN ai_calls a ON a.id = d.ai_call_id WHERE status = 'ok'"));
        Assert.Equal("0", await database.TextAsync("SELECT count(*) FROM jarvis.call_details WHERE status <> 'ok'"));
    }

    private async Task<JarvisHarness> StartAsync(PostgresDatabase database)
    {
        JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.ConnectionString,
            options =>
            {
                options.Ledger.StoreTimeout = TimeSpan.FromMilliseconds(500);
                options.Ledger.JournalFolder = _journal.Path;
                options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30);
            },

            // The switch, in the same database, blocks by itself when that cannot be read.
            services => services.AddSingleton<IKillSwitchStore>(new FakeKillSwitchStore()).AddSingleton<IKillSwitchChanges>(new SqliteKillSwitchChanges()));
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        jarvis.Upstream.OnChat = _ => SimulatedReply.Text("x").WithUsage(7, 3, "0.000000004");
        return jarvis;
    }

    private static Task CallAsync(JarvisHarness jarvis, int calls)
    {
        int left = calls;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                IChatCompletionService chat = jarvis.Chat(Tier.Mid);
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);
                }
            },
            Ct)));
    }
}
