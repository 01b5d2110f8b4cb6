using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Storage.Sqlite;
using Jarvis.SemanticKernel.Tests.Cluster;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.KillSwitch;
using Jarvis.SemanticKernel.Tests.MainJob;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>
/// A real database stops taking records in the middle of calls of all kinds: every call succeeds, and in the end every record is there once. With JARVIS_TEST_FULL=1 the
/// database stays away for 30 seconds and more calls are made; docs/reliability.md keeps the last full result.
/// </summary>
public sealed class StoreOutageTests(PostgresServer server, OwnPostgresServer own, ITestOutputHelper output) : IClassFixture<OwnPostgresServer>, IDisposable
{
    private const int Callers = 8;
    private const int CallsBefore = 40;

    private static readonly int CallsDuring = FullForm.Of(2000, 80);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(FullForm.Of(30, 0));
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(FullForm.Of(300, 60));
    private static readonly OpenAIPromptExecutionSettings WithTools = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    private readonly TemporaryFolder _journal = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task ServerThatHangs()
    {
        await using PostgresDatabase database = await own.CreateDatabaseAsync();

        await RunAsync("hung (SIGSTOP)", database, own.Server.PauseAsync, own.Server.ContinueAsync);
    }

    [Fact]
    public async Task ServerThatIsRestarted()
    {
        await using PostgresDatabase database = await own.CreateDatabaseAsync();

        await RunAsync("restarted (immediate)", database, own.Server.RestartAsync, () => Task.CompletedTask);
    }

    [Fact]
    public async Task ServerWhoseDiskIsFull()
    {
        const int Page = 8192;
        await using PostgresDatabase database = await own.CreateDatabaseAsync();

        await RunAsync(
            "out of disk (no file grows)",
            database,
            async () =>
            {
                await database.ExecuteAsync(
                    """
                    INSERT INTO jarvis.call_details (call_id, requested_model, tier, status, cost_source, latency_ms, streamed, attempt, started_at, error)
                    SELECT gen_random_uuid(), 'filler', 'filler', 'error', 'unknown', 0, false, 1, now(), repeat('x', 1900) FROM generate_series(1, 8500)
                    """);
                long size = long.Parse((await database.TextAsync("SELECT pg_relation_size('jarvis.call_details')"))!, CultureInfo.InvariantCulture);

                // Room for what is committed before the restart, which could not come back up without it.
                await own.Server.RestartWithSmallFilesAsync(size + (8 * Page));
            },
            async () =>
            {
                await own.Server.RestartAsync();
                await database.ExecuteAsync("DELETE FROM jarvis.call_details WHERE tier = 'filler'");
            },
            calls: 4 * CallsDuring,
            isBrokenAsync: async () => (await own.Server.ReadLogAsync()).Contains("could not extend file", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DatabaseThatIsReadOnly()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();

        await RunAsync(
            "read-only",
            database,
            () => database.ExecuteAsync(
                $"ALTER DATABASE {database.Name} SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}' AND pid <> pg_backend_pid()"),
            () => database.ExecuteAsync(
                $"SET TRANSACTION READ WRITE; ALTER DATABASE {database.Name} RESET default_transaction_read_only; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.Name}' AND pid <> pg_backend_pid()"));
    }

    [Theory]
    [InlineData("53100", 1.0)] // disk_full
    [InlineData("XX000", 0.1)] // internal_error, now and then
    public async Task StatementsThatFail(string state, double howOften)
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();

        await RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"failing {howOften:0.0} of its statements with {state}"),
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

    private async Task RunAsync(string what, PostgresDatabase database, Func<Task> breakAsync, Func<Task> mendAsync, int? calls = null, Func<Task<bool>>? isBrokenAsync = null)
    {
        isBrokenAsync ??= () => Task.FromResult(true);
        await using JarvisHarness jarvis = await StartAsync(database);
        await CallAsync(jarvis, CallsBefore);
        int before = jarvis.Upstream.RequestCount;
        Task during = CallAsync(jarvis, calls ?? CallsDuring);
        await jarvis.Upstream.WaitForRequestsAsync(before + Callers, Ct);
        await breakAsync();
        long broken = Stopwatch.GetTimestamp();
        await during.WaitAsync(Bound, Ct);
        do
        {
            await CallAsync(jarvis, calls ?? CallsDuring);
        }
        while (Stopwatch.GetElapsedTime(broken) < Outage || (Stopwatch.GetElapsedTime(broken) < Bound && !await isBrokenAsync()));

        Assert.True(await isBrokenAsync(), $"Postgres was not {what}.");
        double seconds = Stopwatch.GetElapsedTime(broken).TotalSeconds;
        await mendAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_journal.Files("*.journal").Length == 0), Ct);

        // Every request has one record, the one of its generation, and what was billed for it.
        IReadOnlyList<RecordedCall> records = await ReadCallsAsync(database);
        Dictionary<string, decimal> billed = jarvis.Upstream.Billed.ToDictionary(call => call.GenerationId, call => call.CostUsd);
        Assert.Equal(jarvis.Upstream.RequestCount, records.Count);
        Assert.Equal(billed.Keys.Order(StringComparer.Ordinal), records.Select(record => record.GenerationId).Order(StringComparer.Ordinal));
        Assert.Equal(["cancelled", "ok"], records.Select(record => record.Status).Distinct().Order(StringComparer.Ordinal));
        RecordedCall[] resolved = [.. records.Where(record => record.CostUsd is not null)];
        Assert.Empty(records.Where(record => record.Status == "ok").Except(resolved));
        Assert.All(resolved, record => Assert.Equal(billed[record.GenerationId!], record.CostUsd));
        Assert.Equal($"{resolved.Length}", await database.TextAsync("SELECT count(*) FROM ai_calls"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Postgres {what} for {seconds:0.0} s: {jarvis.Upstream.RequestCount} requests, {records.Count} records, none twice; {records.Count(record => record.Status == "cancelled")} cancelled by their callers; "
            + $"{resolved.Length} costs known, {resolved.Sum(record => record.CostUsd)} USD as billed for them; no call failed."));
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The test disposes the database itself.")]
    private static Task<IReadOnlyList<RecordedCall>> ReadCallsAsync(PostgresDatabase database) => new PostgresTestDatabase(database).ReadCallsAsync();

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
        jarvis.Upstream.OnChat = MixedCallsProcess.Answer;
        return jarvis;
    }

    private static Task CallAsync(JarvisHarness jarvis, int calls)
    {
        int left = calls;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                IChatCompletionService chat = jarvis.Chat(Tier.Mid);
                CallRun run = new(jarvis);
                for (int i = Interlocked.Decrement(ref left); i >= 0; i = Interlocked.Decrement(ref left))
                {
                    await ((i % 4) switch
                    {
                        0 => chat.GetChatMessageContentAsync("plain", cancellationToken: Ct),
                        1 => ReadAsync(chat, int.MaxValue),
                        2 => chat.GetChatMessageContentAsync("with tools", WithTools, run.Kernel, Ct),
                        _ => ReadAsync(chat, 2),
                    });
                }
            },
            Ct)));
    }

    private static async Task ReadAsync(IChatCompletionService chat, int chunks)
    {
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        try
        {
            await foreach (StreamingChatMessageContent _ in chat.GetStreamingChatMessageContentsAsync("streamed", cancellationToken: givingUp.Token))
            {
                if (--chunks == 0)
                {
                    await givingUp.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (givingUp.IsCancellationRequested && !Ct.IsCancellationRequested)
        {
            // It gave up.
        }
    }
}
