using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>
/// Real processes that read streams without end, a real Postgres, and an activation from outside of all of them that cuts. The short form runs in the gate; the full one, 8
/// processes and 200 activations, with JARVIS_TEST_FULL=1. Both print how late the upstream saw the last connection close; docs/reliability.md keeps the last full result.
/// </summary>
public sealed class CutAcrossProcessesTests(PostgresServer server, ITestOutputHelper output)
{
    // What the design promises to a process that hears nothing: cache time plus read time-out, by default.
    private static readonly TimeSpan Promise = new KillSwitchOptions().CacheDuration + new KillSwitchOptions().ReadTimeout;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("JARVIS_TEST_FULL") == "1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Activation_ThatCuts_ClosesEveryStreamOfEveryProcess()
    {
        (int processes, int streams, int activations) = IsFull ? (8, 8, 200) : (2, 25, 6);
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        SimulatedReply endless = SimulatedReply.Text("an answer that goes on and on").PauseAfterChunk(3, new TaskCompletionSource().Task);
        upstream.DefaultReply = endless;
        await using JarvisHarness outside = await JarvisHarness.StartAsync(database.ConnectionString);
        await outside.Operator.DeactivateAsync("ready", "test", cancellationToken: Ct);
        WorkerProcess[] workers = [.. Enumerable.Range(0, processes).Select(i => Start($"worker-{i}", upstream, database, streams))];
        try
        {
            List<double> late = [];
            for (int i = 0; i < activations; i++)
            {
                await AllSayAsync(workers, "running");
                await PullAsync(i, outside, database);
                DateTimeOffset committedAt = TimeProvider.System.GetUtcNow();
                await AllSayAsync(workers, "stopped");

                SimulatedRequest[] requests = [.. upstream.Requests];
                SimulatedRequestOutcome[] outcomes = await Task.WhenAll(requests.Select(request => request.Completion)).WaitAsync(Bound, Ct);
                Assert.Equal(processes * streams, outcomes.Length);
                Assert.All(outcomes, outcome => Assert.Equal(SimulatedRequestOutcome.ClientClosed, outcome));
                late.AddRange(requests.GroupBy(r => r.Headers["X-OpenRouter-Title"]).Select(own => (own.Max(r => r.EndedAt!.Value) - committedAt).TotalMilliseconds));

                upstream.Reset();
                upstream.DefaultReply = endless;
                await outside.Operator.DeactivateAsync("next", "test", cancellationToken: Ct);
            }

            await AllSayAsync(workers, "running");
            Report(processes, streams, activations, late);
            int all = processes * streams * activations;
            Assert.Equal($"{all} of {all}", await database.TextAsync(
                "SELECT count(*) FILTER (WHERE status = 'cancelled' AND error = 'failure=KillSwitch' AND cost_usd_exact IS NULL) || ' of ' || count(*) FROM jarvis.call_details"));
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
        const string Value = """{"active":true,"reason":"by hand","inFlight":"cancel"}""";
        switch (i % 3)
        {
            case 0:
                await outside.KillSwitch.ActivateAsync("runaway", "test", new KillSwitchActivation { InFlight = KillSwitchInFlight.Cancel }, Ct);
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
    private static WorkerProcess Start(string name, OpenRouterSimulator upstream, PostgresDatabase database, int streams) =>
        WorkerProcess.Start(name, upstream.Endpoint, database.ConnectionString, streams, isStreaming: true);

    private static Task AllSayAsync(WorkerProcess[] workers, string word) => Task.WhenAll(workers.Select(worker => worker.SaysAsync(word, Ct)));

    private void Report(int processes, int streams, int activations, List<double> late)
    {
        double[] all = [.. late.Select(milliseconds => Math.Max(0, milliseconds)).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{processes} processes with {streams} running streams each, {activations} activations: the upstream saw the last connection of a process close {all[all.Length / 2]:0.0} ms (median), "
            + $"{all[(int)(all.Length * 0.99)]:0.0} ms (99th percentile), {all[^1]:0.0} ms (maximum) after the commit was acknowledged; later than 100 ms: {all.Count(ms => ms > 100)}."));
    }
}
