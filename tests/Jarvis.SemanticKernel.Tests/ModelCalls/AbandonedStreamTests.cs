using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using System.Text;
using Jarvis.SemanticKernel.Routing;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>
/// Streams whose readers go away without a word, over real HTTP and into a real file: nobody reads on and nobody disposes. 300 in the gate, 10,000 with
/// JARVIS_TEST_FULL=1.
/// </summary>
public sealed class AbandonedStreamTests(ITestOutputHelper output)
{
    private const int AtOnce = 50;
    private const int WarmUp = 2;

    // What a thread did last it remembers until it does something else: at most the calls of one round, whose records were one batch.
    private const int LastOnes = AtOnce;
    private const int Looks = 100;

    private static readonly int Rounds = FullForm.Of(10_000, 300) / AtOnce;
    private static readonly TimeSpan ReaderIdleTimeout = new ResilienceOptions().ReaderIdleTimeout;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
    private readonly TaskCompletionSource _never = new();
    private readonly WatchedCalls _watched = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_ThatNeitherReadNorDispose_HaveTheirCallsClosedAndRecordedAndNothingLeaks()
    {
        await using SqliteTestDatabase database = new();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { KeepRequests = false }, Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.Setting, register: services => services.AddSingleton<TimeProvider>(_clock).AddSingleton<IModelCallFilter>(_watched), upstream: upstream, ownsUpstream: false);
        upstream.OnChat = _ => SimulatedReply.Text("one two three four").PauseAfterChunk(2, _never.Task);
        using HttpClient direct = jarvis.Services.GetRequiredService<TierHttpClientFactory>()
            .Create(Tier.Mid, new TierOptions { Model = "anthropic/claude-sonnet-4.5" }, jarvis.Services.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value);
        Footprint before = default;
        for (int round = 0; round < Rounds; round++)
        {
            before = round == WarmUp ? Footprint.Take() : before;

            // One half has read a word, the other has not even looked at the answer.
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => i % 2 == 0 ? ReadOneAsync(jarvis) : ReadNoneAsync(direct, upstream.Endpoint)));
            Assert.Equal(round * AtOnce, await database.CountAsync(database.Details));

            _clock.Advance(ReaderIdleTimeout);

            int expected = (round + 1) * AtOnce;
            await Eventually.TrueAsync(async () => await database.CountAsync(database.Details) == expected, Ct);
        }

        Footprint after = Footprint.Take();
        Assert.Equal(
            [("timeout", "failure=ReaderIdleTimeout", Rounds * AtOnce)],
            (await database.ReadCallsAsync()).GroupBy(call => (call.Status, call.Error)).Select(group => (group.Key.Status, group.Key.Error, group.Count())));
        await Eventually.TrueAsync(() => Task.FromResult(OpenConnections(upstream.Endpoint.Port) == 0), Ct);
        int[] alive = _watched.Alive();
        for (int looks = 0; looks < Looks && alive.Length > LastOnes; looks++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            alive = _watched.Alive();
        }

        Assert.True(alive.Length <= LastOnes, $"{alive.Length} calls stay in memory: {string.Join(' ', alive)}.");
        output.WriteLine($"{Rounds * AtOnce} abandoned streams, all recorded and closed: 0 open connections, {alive.Length} calls in memory; after {WarmUp * AtOnce} of them {before}, in the end {after}.");

        // Of the whole process, so only where no other test runs beside this one.
        if (FullForm.IsOn)
        {
            Assert.InRange(after.Handles, 0, before.Handles + 20);
            Assert.InRange(after.Timers, 0, before.Timers + 20);
            Assert.InRange(after.Bytes, 0, before.Bytes + (4L * 1024 * 1024));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ReadOneAsync(JarvisHarness jarvis) => Assert.True(
        await jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: CancellationToken.None).GetAsyncEnumerator(CancellationToken.None).MoveNextAsync());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task ReadNoneAsync(HttpClient direct, Uri endpoint)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{endpoint}/chat/completions")
        {
            Content = new StringContent("""{"model":"anthropic/claude-sonnet-4.5","stream":true,"messages":[{"role":"user","content":"hello"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", JarvisHarness.ApiKey);
        HttpResponseMessage response = await direct.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        Assert.True(response.IsSuccessStatusCode);
    }

    private static int OpenConnections(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.LocalEndPoint.Port == port && connection.State is TcpState.Established or TcpState.CloseWait);

    /// <summary>Remembers calls without keeping them.</summary>
    private sealed class WatchedCalls : IModelCallFilter
    {
        private readonly ConcurrentQueue<WeakReference> _calls = [];

        public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
        {
            _calls.Enqueue(new WeakReference(context));
            return next(context);
        }

        /// <summary>Which of them are still in memory, by their order.</summary>
        public int[] Alive()
        {
            GC.Collect();
            return [.. _calls.Index().Where(call => call.Item.IsAlive).Select(call => call.Index)];
        }
    }

    private readonly record struct Footprint(int Handles, long Timers, long Bytes)
    {
        public static Footprint Take()
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            using var self = Process.GetCurrentProcess();
            return new Footprint(self.HandleCount, Timer.ActiveCount, GC.GetTotalMemory(forceFullCollection: true));
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Handles} handles, {Timers} timers, {Bytes / 1024.0 / 1024.0:0.0} MB");
    }
}
