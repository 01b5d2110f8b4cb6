using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>
/// Real processes that call without pause and cannot hear of the activation: their listening connections are cut, or hang, the trigger is gone, or the whole server was
/// restarted. The cache is the floor then. The full form, 8 processes and 20 activations each, runs with JARVIS_TEST_FULL=1; docs/reliability.md keeps its last result.
/// </summary>
public sealed class UnheardKillTests(OwnPostgresServer server, ITestOutputHelper output) : IClassFixture<OwnPostgresServer>
{
    // What the design promises to a process that hears nothing: cache time plus read time-out, by default.
    private static readonly TimeSpan Promise = new KillSwitchOptions().CacheDuration + new KillSwitchOptions().ReadTimeout;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("JARVIS_TEST_FULL") == "1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task ListenersCutByTheServer_StopWithinTheBound() => RunAsync(
        database => database.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {IsListener}"));

    [Fact]
    public Task ListenersThatHang_StopWithinTheBound() => RunAsync(
        async database => await LocalPostgres.SignalAsync("STOP", await ListenersAsync(database)),
        async database => await LocalPostgres.SignalAsync("CONT", await ListenersAsync(database)));

    [Fact]
    public Task NoNotifications_StopWithinTheBound() => RunAsync(
        database => database.ExecuteAsync("ALTER TABLE agent_state DISABLE TRIGGER USER"),
        database => database.ExecuteAsync("ALTER TABLE agent_state ENABLE TRIGGER USER"));

    [Fact]
    public Task ServerRestarted_StopWithinTheBound() => RunAsync(_ => server.Server.RestartAsync());

    private const string IsListener = "datname = current_database() AND application_name LIKE '%listener'";

    private static async Task<int[]> ListenersAsync(PostgresDatabase database) =>
        [.. (await database.TextAsync($"SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE {IsListener}"))!.Split(' ').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    private async Task RunAsync(Func<PostgresDatabase, Task> breakAsync, Func<PostgresDatabase, Task>? mendAsync = null)
    {
        (int processes, int activations) = IsFull ? (8, 20) : (3, 2);
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using JarvisHarness outside = await JarvisHarness.StartAsync(database.ConnectionString);
        await outside.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        WorkerProcess[] workers = [.. Enumerable.Range(0, processes).Select(i => Start($"worker-{i}", upstream, database))];
        try
        {
            List<double> late = [];
            for (int i = 0; i < activations; i++)
            {
                await AllSayAsync(workers, "running");
                await breakAsync(database);
                await database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":true,"reason":"by hand"}' WHERE key = 'kill_switch'""");
                DateTimeOffset committedAt = TimeProvider.System.GetUtcNow();
                await AllSayAsync(workers, "stopped");

                late.AddRange(upstream.Requests.GroupBy(request => request.Headers["X-OpenRouter-Title"]).Select(own => (own.Max(request => request.ArrivedAt) - committedAt).TotalMilliseconds));
                Assert.Equal((i + 1) * processes, late.Count);
                upstream.Reset();
                await (mendAsync?.Invoke(database) ?? Task.CompletedTask);
                await database.ExecuteAsync("""UPDATE agent_state SET value = '{"active":false,"reason":"next"}' WHERE key = 'kill_switch'""");
            }

            double[] all = [.. late.Select(milliseconds => Math.Max(0, milliseconds)).Order()];
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{processes} processes, {activations} activations: the last request of a process arrived {all[all.Length / 2]:0} ms (median), {all[^1]:0} ms (maximum) after the commit was acknowledged."));
            Assert.DoesNotContain(all, milliseconds => milliseconds > Promise.TotalMilliseconds);
        }
        finally
        {
            foreach (WorkerProcess worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The test ends them.")]
    private static WorkerProcess Start(string name, OpenRouterSimulator upstream, PostgresDatabase database) =>
        WorkerProcess.Start(name, upstream.Endpoint, database.ConnectionString, callers: 4);

    private static Task AllSayAsync(WorkerProcess[] workers, string word) => Task.WhenAll(workers.Select(worker => worker.SaysAsync(word, Ct)));
}
