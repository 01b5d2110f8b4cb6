using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>
/// Real processes that call without pause, a real Postgres, and an activation from outside of all of them. The short form runs in the gate; the full one, 8 processes
/// and 200 activations, with JARVIS_TEST_FULL=1. Both print how late the last request was; docs/reliability.md keeps the last full result.
/// </summary>
public sealed class KillAcrossProcessesTests(PostgresServer server, ITestOutputHelper output)
{
    // What the design promises to a process that hears nothing: cache time plus read time-out, by default.
    private static readonly TimeSpan Promise = new KillSwitchOptions().CacheDuration + new KillSwitchOptions().ReadTimeout;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("JARVIS_TEST_FULL") == "1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Activation_FromOutside_StopsEveryProcess()
    {
        (int processes, int activations) = IsFull ? (8, 200) : (3, 9);
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using JarvisHarness outside = await JarvisHarness.StartAsync(database.ConnectionString);
        await outside.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        WorkerProcess[] workers = [.. Enumerable.Range(0, processes).Select(i => Start($"worker-{i}", upstream, database))];
        try
        {
            List<double> late = [];
            int lateRequests = 0;
            for (int i = 0; i < activations; i++)
            {
                await AllSayAsync(workers, "running");
                await PullAsync(i, outside, database);
                DateTimeOffset committedAt = TimeProvider.System.GetUtcNow();
                await AllSayAsync(workers, "stopped");

                foreach (IGrouping<string, SimulatedRequest> requests in upstream.Requests.Where(r => r.ArrivedAt > committedAt).GroupBy(r => r.Headers["X-OpenRouter-Title"]))
                {
                    lateRequests += requests.Count();
                    late.Add((requests.Max(r => r.ArrivedAt) - committedAt).TotalMilliseconds);
                }

                upstream.Reset();
                await outside.Operator.DeactivateAsync("next", "test", cancellationToken: Ct);
            }

            Report(processes, activations, lateRequests, late);
            Assert.DoesNotContain(late, milliseconds => milliseconds > Promise.TotalMilliseconds);
        }
        finally
        {
            foreach (WorkerProcess worker in workers)
            {
                await worker.DisposeAsync();
            }
        }
    }

    // By turns as this package does it, as a person does it in psql, and as another program does that deletes and inserts.
    private static async Task PullAsync(int i, JarvisHarness outside, PostgresDatabase database)
    {
        const string Value = """{"active":true,"reason":"by hand"}""";
        switch (i % 3)
        {
            case 0:
                await outside.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
                break;
            case 1:
                await database.ExecuteAsync($"UPDATE agent_state SET value = '{Value}' WHERE key = 'kill_switch'");
                break;
            default:
                await database.ExecuteAsync($"BEGIN; DELETE FROM agent_state WHERE key = 'kill_switch'; INSERT INTO agent_state (key, value) VALUES ('kill_switch', '{Value}'); COMMIT");
                break;
        }
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The test ends them.")]
    private static WorkerProcess Start(string name, OpenRouterSimulator upstream, PostgresDatabase database) =>
        WorkerProcess.Start(name, upstream.Endpoint, database.ConnectionString, callers: 4);

    private static Task AllSayAsync(WorkerProcess[] workers, string word) => Task.WhenAll(workers.Select(worker => worker.SaysAsync(word, Ct)));

    private void Report(int processes, int activations, int lateRequests, List<double> late)
    {
        // A process without a late request was stopped before the commit was acknowledged.
        double[] all = [.. late.Concat(Enumerable.Repeat(0.0, (processes * activations) - late.Count)).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{processes} processes, {activations} activations: {lateRequests} requests arrived after the commit was acknowledged; the last one of a process after "
            + $"{all[all.Length / 2]:0.0} ms (median), {all[(int)(all.Length * 0.99)]:0.0} ms (99th percentile), {all[^1]:0.0} ms (maximum); later than 100 ms: {all.Count(ms => ms > 100)}."));
    }
}
