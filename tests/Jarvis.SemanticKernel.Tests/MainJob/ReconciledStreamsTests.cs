using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>
/// Streams of which a third end well, a third are cancelled by the caller and a third are cut by the server, at random points: every one has its record with its status,
/// and in the end the ledger's sum is the one that was billed. 300 in the gate, 5,000 with JARVIS_TEST_FULL=1.
/// </summary>
public abstract class ReconciledStreamsTests
{
    private const int Callers = 8;
    private const int Words = 8;

    private static readonly DateTimeOffset Ever = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Costs = ["0.0076509169000000005", "4e-9", "4.14e-05", "0", "0.0123456789012345678"];
    private static readonly int Streams = FullForm.Of(5000, 300);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_CancelledCutAndWhole_EndWithTheSumThatWasBilled()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options =>
        {
            options.Ledger.Reconciliation.IsEnabled = true;
            options.Ledger.Reconciliation.FirstWait = TimeSpan.FromMilliseconds(10);
            options.Resilience.MaxRetries = 0;

            // How fast a busy machine reads the switch is not what this is about.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30);
        });
        TaskCompletionSource never = new();
        jarvis.Upstream.OnChat = request =>
        {
            int stream = int.Parse(request.Body.GetProperty("messages")[0].GetProperty("content").GetString()!, CultureInfo.InvariantCulture);
            SimulatedReply reply = SimulatedReply.Text(string.Join(' ', Enumerable.Repeat("word", Words)))
                .WithUsage(stream, 1 + stream, Costs[stream % Costs.Length], upstreamCostJson: stream % 7 == 0 ? "0.0003253" : null);
            return (stream % 3) switch
            {
                0 => reply,
                1 => reply.PauseAfterChunk(Words, never.Task),
                _ => reply.CutAfterChunks(1 + PointOf(stream)),
            };
        };
        int next = -1;

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                for (int stream = Interlocked.Increment(ref next); stream < Streams; stream = Interlocked.Increment(ref next))
                {
                    await ReadAsync(jarvis.Chat(Tier.Mid), stream);
                }
            },
            Ct)));

        ICostReport costs = jarvis.Services.GetRequiredService<ICostReport>();
        SpendReport report = await costs.GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = Ever }, Ct);
        for (TimeSpan waited = TimeSpan.Zero; report.Total is { UnresolvedCalls: > 0 } && waited < TimeSpan.FromMinutes(5); waited += TimeSpan.FromMilliseconds(100))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            report = await costs.GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = Ever }, Ct);
        }

        IReadOnlyList<RecordedCall> calls = await database.ReadCallsAsync();
        Assert.Equal((Streams, Streams), (jarvis.Upstream.RequestCount, calls.Count));
        Assert.Equal(
            [("cancelled", Count(1)), ("cut", Count(2)), ("ok", Count(0))],
            calls.GroupBy(call => call.Status).Select(group => (group.Key, group.Count())).OrderBy(group => group.Key, StringComparer.Ordinal));
        Assert.Equal([("reconciled", Count(1) + Count(2)), ("reported", Count(0))],
            calls.GroupBy(call => call.CostSource).Select(group => (group.Key, group.Count())).OrderBy(group => group.Key, StringComparer.Ordinal));
        Assert.Equal(jarvis.Upstream.Billed.Select(call => (call.PromptTokens, call.CostUsd)).Order(), calls.Select(call => (call.PromptTokens!.Value, call.CostUsd!.Value)).Order());
        Assert.Equal((0, jarvis.Upstream.TotalBilledUsd), (report.Total.UnresolvedCalls, report.Total.CostUsd));
        Assert.Equal(Streams, await database.CountAsync("ai_calls"));
        Assert.Equal(Count(1) + Count(2), await database.CountAsync(database.Corrections));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Streams} streams: {Count(0)} whole, {Count(1)} cancelled by the caller, {Count(2)} cut by the server; {calls.Count} records, each with its status; "
            + $"{Count(1) + Count(2)} costs found out afterwards; the sum is {report.Total.CostUsd} USD, as billed."));
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();

    private static int Count(int third) => Enumerable.Range(0, Streams).Count(stream => stream % 3 == third);

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "The same points in every run.")]
    private static int PointOf(int stream) => new Random(stream).Next(Words - 2);

    private static async Task ReadAsync(IChatCompletionService chat, int stream)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        int left = stream % 3 == 1 ? PointOf(stream) : int.MaxValue;
        try
        {
            await foreach (StreamingChatMessageContent _ in chat.GetStreamingChatMessageContentsAsync($"{stream}", cancellationToken: caller.Token))
            {
                if (left-- == 0)
                {
                    await caller.CancelAsync();
                }
            }
        }
        catch (Exception e) when (e is ModelCallException or OperationCanceledException && !Ct.IsCancellationRequested)
        {
            // Two thirds end so.
        }
    }
}
