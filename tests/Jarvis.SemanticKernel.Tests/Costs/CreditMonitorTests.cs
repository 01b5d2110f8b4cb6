using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>The monitor over the simulator, in a time that the tests set.</summary>
public sealed class CreditMonitorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Notices _notices = new();
    private readonly FakeLogCollector _logs = new();
    private OpenRouterSimulator? _upstream;
    private decimal? _left;
    private int _reads;
    private bool _fails;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private OpenRouterSimulator Upstream => _upstream!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey, KeyLimitUsd = 10m }, Ct);
        _upstream.OnRead = path =>
        {
            if (path != "/key")
            {
                return null;
            }

            Interlocked.Increment(ref _reads);
            return _fails ? SimulatedReply.Error(500, "sk-or-v1-secret")
                : _left is { } left ? SimulatedReply.Raw(
                    200,
                    [new("content-type", "application/json")],
                    Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"data":{"limit":100,"limit_remaining":{{{left}}},"usage":1.25,"byok_usage":0.5}}""")))
                : null;
        };
    }

    public async ValueTask DisposeAsync() => await Upstream.DisposeAsync();

    [Fact]
    public async Task Check_SaysAndRecordsWhatIsLeft_AndComparesWithTheLedger()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        ICostReport costs = jarvis.Services.GetRequiredService<ICostReport>();
        Assert.Null(await costs.GetCreditsAsync(Ct));

        CreditReading before = await monitor.CheckAsync(Ct);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromMinutes(1));
        CreditReading after = await monitor.CheckAsync(Ct);

        Assert.Equal((10m, 10m, 0m, 0m), (before.LimitUsd, before.RemainingUsd, before.UsedUsd, before.LedgerUsd));
        Assert.Null(before.DifferenceUsd);
        decimal billed = Upstream.TotalBilledUsd;
        Assert.True(billed > 0);
        Assert.Equal((10m - billed, billed, billed, 0m), (after.RemainingUsd, after.UsedUsd, after.LedgerUsd, after.DifferenceUsd));
        Assert.Equal(after, await costs.GetCreditsAsync(Ct));
        Assert.Empty(_notices.All);
    }

    [Fact]
    public async Task Difference_IsWhatTheLedgerDoesNotKnow_ProviderKeysOfOnesOwnIncluded()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        await monitor.CheckAsync(Ct);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _left = 50m;

        Assert.Equal(1.75m, (await monitor.CheckAsync(Ct)).DifferenceUsd);
    }

    [Fact]
    public async Task Low_WarnsOnce_AgainAfterAnHour_AndSaysWhenItIsOver()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        List<CreditNoticeKind> events = [];
        monitor.Noticed += (_, noticed) => events.Add(noticed.Notice.Kind);

        foreach ((decimal left, int minutes) in ((decimal, int)[])[(5m, 0), (4.99m, 5), (4m, 5), (3m, 54), (3m, 1), (2m, 59), (6m, 1), (6m, 5), (1m, 5)])
        {
            _clock.Advance(TimeSpan.FromMinutes(minutes));
            _left = left;
            await monitor.CheckAsync(Ct);
        }

        Assert.Equal([CreditNoticeKind.Low, CreditNoticeKind.Low, CreditNoticeKind.Recovered, CreditNoticeKind.Low], events);
        CreditNotice[] notices = [await _notices.NextAsync(), await _notices.NextAsync(), await _notices.NextAsync(), await _notices.NextAsync()];
        Assert.Equal([1m, 3m, 4.99m, 6m], notices.Select(notice => notice.Reading.RemainingUsd!.Value).Order());
        Assert.Contains(notices, notice => notice.Text == "Only 4.99 USD are left of the OpenRouter key's limit.");
        Assert.Equal(3, _logs.GetSnapshot().Count(log => log.Level == LogLevel.Warning && log.Message.Contains("USD are left", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task KeyWithoutLimit_IsRecordedAndNeverWarns()
    {
        await using OpenRouterSimulator unlimited = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey }, Ct);
        await using JarvisHarness jarvis = await StartAsync(options => options.Credits.StopBelowUsd = 1m, unlimited);

        CreditReading reading = await jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.Equal((null, null, 0m), (reading.LimitUsd, reading.RemainingUsd, reading.UsedUsd));
        Assert.Equal(reading, await jarvis.Services.GetRequiredService<ICostReport>().GetCreditsAsync(Ct));
        Assert.Empty(_notices.All);
        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public async Task StopBelow_WindsDownOncePerFall_AndNotAgainAfterTheOperatorReleased()
    {
        await using JarvisHarness jarvis = await StartAsync(options => options.Credits.StopBelowUsd = 1m);
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        _left = 0.75m;
        await monitor.CheckAsync(Ct);

        KillSwitchState state = await jarvis.KillSwitch.GetStateAsync(Ct);
        Assert.True(state.IsActive);
        Assert.Contains("Only 0.75 USD are left", state.Reason, StringComparison.Ordinal);
        Assert.Equal(CreditNoticeKind.Stopped, (await _notices.NextAsync()).Kind);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        await jarvis.Operator.DeactivateAsync("I know", "me", cancellationToken: Ct);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await monitor.CheckAsync(Ct);
        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);

        foreach (decimal left in (decimal[])[8m, 0.5m])
        {
            _left = left;
            _clock.Advance(TimeSpan.FromMinutes(5));
            await monitor.CheckAsync(Ct);
        }

        Assert.True((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public async Task StopBelow_AnotherProcessOrTheNextOne_DoesNotOverruleTheOperatorEither()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness first = await StartAsync(OnOneDatabase);
        await using JarvisHarness beside = await StartAsync(OnOneDatabase);
        ICreditMonitor neighbour = beside.Services.GetRequiredService<ICreditMonitor>();
        _left = 8m;
        await neighbour.CheckAsync(Ct);
        _clock.Advance(TimeSpan.FromMinutes(5));
        _left = 0.75m;
        await first.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);
        Assert.True((await first.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Stopped, (await _notices.NextAsync()).Kind);
        await first.Operator.DeactivateAsync("I know", "me", cancellationToken: Ct);

        _clock.Advance(TimeSpan.FromMinutes(5));
        await neighbour.CheckAsync(Ct);
        await using JarvisHarness next = await StartAsync(OnOneDatabase);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await next.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.False((await next.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal([CreditNoticeKind.Low, CreditNoticeKind.Low], [(await _notices.NextAsync()).Kind, (await _notices.NextAsync()).Kind]);

        // Enough again, whoever saw it, and then another fall.
        foreach (decimal left in (decimal[])[8m, 0.5m])
        {
            _left = left;
            _clock.Advance(TimeSpan.FromMinutes(5));
            await (left > 1m ? neighbour : next.Services.GetRequiredService<ICreditMonitor>()).CheckAsync(Ct);
        }

        Assert.True((await next.KillSwitch.GetStateAsync(Ct)).IsActive);

        void OnOneDatabase(JarvisRoutingOptions options) => (options.Database, options.Credits.StopBelowUsd) = (database.Setting, 1m);
    }

    [Fact]
    public async Task StopBelow_SwitchThatCannotBeWritten_IsTriedAgainWithTheNextReading()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await StartAsync(options => (options.Database, options.Credits.StopBelowUsd) = (database.Setting, 1m));
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        await database.ExecuteAsync("CREATE TRIGGER refuses BEFORE INSERT ON agent_state BEGIN SELECT raise(ABORT, 'no'); END");
        _left = 0.75m;
        await monitor.CheckAsync(Ct);

        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Low, (await _notices.NextAsync()).Kind);
        Assert.Single(_logs.GetSnapshot(), log => log.Level == LogLevel.Error && log.Message.Contains("could not be activated for want of credits", StringComparison.Ordinal));

        await database.ExecuteAsync("DROP TRIGGER refuses");
        _clock.Advance(TimeSpan.FromMinutes(5));
        await monitor.CheckAsync(Ct);

        Assert.True((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Stopped, (await _notices.NextAsync()).Kind);
    }

    [Fact]
    public async Task Start_AsksEveryFiveMinutes_ThroughFailures_WhichAreLoggedOnceWithoutTheAnswersText()
    {
        await using JarvisHarness jarvis = await StartAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        monitor.Start();
        monitor.Start();
        await ReadAsync(1);
        Assert.Equal(1, Volatile.Read(ref _reads));

        _fails = true;
        await ReadAsync(4);
        _fails = false;
        await ReadAsync(5);

        await Eventually.TrueAsync(() => Task.FromResult(_logs.GetSnapshot().Any(log => log.Message.Contains("says again what is left", StringComparison.Ordinal))), Ct);
        FakeLogRecord failure = Assert.Single(_logs.GetSnapshot(), log => log.Message.Contains("is not known: ", StringComparison.Ordinal));
        Assert.Contains("HTTP 500", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_logs.GetSnapshot(), log => log.Message.Contains("secret", StringComparison.Ordinal));
        Assert.True(_clock.GetUtcNow() - _clock.Start >= TimeSpan.FromMinutes(20));
    }

    [Theory]
    [InlineData(401, "HTTP 401. Check OPENROUTER_API_KEY.")]
    [InlineData(404, "knows nothing of the key")]
    [InlineData(502, "HTTP 502")]
    public async Task Check_Refused_SaysWhy(int status, string reason)
    {
        await using JarvisHarness jarvis = await StartAsync();
        Upstream.OnRead = _ => SimulatedReply.Error(status, "no");

        CreditsUnavailableException refused = await Assert.ThrowsAsync<CreditsUnavailableException>(() => jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Null(await jarvis.Services.GetRequiredService<ICostReport>().GetCreditsAsync(Ct));
    }

    [Fact]
    public async Task NotifierAndHandlerThatFail_HurtNobody()
    {
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await StartAsync(register: services =>
        {
            services.AddSingleton<IOperatorNotifier>(new Notices { Fails = () => throw new InvalidOperationException("https://hooks.example/secret") });
            services.AddSingleton<IOperatorNotifier>(new Notices { Fails = () => hangs.Task });
        });
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        monitor.Noticed += (_, _) => throw new InvalidOperationException("of a handler");
        _left = 1m;

        await monitor.CheckAsync(Ct);

        Assert.Equal(CreditNoticeKind.Low, (await _notices.NextAsync()).Kind);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        await Eventually.TrueAsync(() => Task.FromResult(_logs.GetSnapshot().Count(log => log.Message.Contains("could not be brought", StringComparison.Ordinal)) == 2), Ct);
        Assert.DoesNotContain(_logs.GetSnapshot(), log => log.Message.Contains("secret", StringComparison.Ordinal));
        hangs.SetResult();
    }

    [Theory]
    [InlineData("https://hooks.slack.com/services/T/B/x", """{"text":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    [InlineData("https://discord.com/api/webhooks/1/x", """{"content":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    [InlineData("https://chat.example/hook", """{"text":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit.","content":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    public async Task Webhook_GetsWhatItsServerReads(string address, string body)
    {
        using Posts posts = new();
        await using JarvisHarness jarvis = await StartAsync(
            options => options.Credits.Webhooks.Add(new Uri(address)),
            register: services => services.AddHttpClient(WebhookNotifier.ClientName).ConfigurePrimaryHttpMessageHandler(() => posts));
        _left = 1m;

        await jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.Equal((new Uri(address), body), await posts.NextAsync());
    }

    private async Task ReadAsync(int times) => await Eventually.TrueAsync(
        () =>
        {
            if (Volatile.Read(ref _reads) >= times)
            {
                return Task.FromResult(true);
            }

            _clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(false);
        },
        Ct);

    private Task<JarvisHarness> StartAsync(Action<JarvisRoutingOptions>? configure = null, OpenRouterSimulator? upstream = null, Action<IServiceCollection>? register = null) => JarvisHarness.StartAsync(
        configure: configure,
        register: services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<IOperatorNotifier>(_notices);
            services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
            register?.Invoke(services);
        },
        upstream: upstream ?? Upstream,
        ownsUpstream: false);

    private sealed class Notices : IOperatorNotifier
    {
        private readonly Channel<CreditNotice> _channel = Channel.CreateUnbounded<CreditNotice>();
        private readonly ConcurrentQueue<CreditNotice> _all = new();

        public Func<Task>? Fails { get; init; }

        public IEnumerable<CreditNotice> All => _all;

        public async Task NotifyAsync(CreditNotice notice, CancellationToken cancellationToken)
        {
            if (Fails is not null)
            {
                await Fails();
            }

            _all.Enqueue(notice);
            _channel.Writer.TryWrite(notice);
        }

        public async Task<CreditNotice> NextAsync() => await _channel.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    private sealed class Posts : HttpMessageHandler
    {
        private readonly Channel<(Uri, string)> _channel = Channel.CreateUnbounded<(Uri, string)>();

        public async Task<(Uri Address, string Body)> NextAsync() => await _channel.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _channel.Writer.TryWrite((request.RequestUri!, await request.Content!.ReadAsStringAsync(cancellationToken)));
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }
    }
}
