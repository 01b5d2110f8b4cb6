using System.Net;
using System.Threading.Channels;
using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>The monitor over the simulator, in a time that the tests set.</summary>
public sealed class CreditMonitorTests : CreditTests
{
    [Fact]
    public async Task Check_SaysAndRecordsWhatIsLeft_AndComparesWithTheLedger()
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        ICostReport costs = jarvis.Services.GetRequiredService<ICostReport>();
        Assert.Null(await costs.GetCreditsAsync(Ct));

        CreditReading before = await monitor.CheckAsync(Ct);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        Watch.Clock.Advance(TimeSpan.FromMinutes(1));
        CreditReading after = await monitor.CheckAsync(Ct);

        Assert.Equal((10m, 10m, 0m, 0m), (before.LimitUsd, before.RemainingUsd, before.UsedUsd, before.LedgerUsd));
        Assert.Null(before.DifferenceUsd);
        decimal billed = Watch.Upstream.TotalBilledUsd;
        Assert.True(billed > 0);
        Assert.Equal((10m - billed, billed, billed, 0m), (after.RemainingUsd, after.UsedUsd, after.LedgerUsd, after.DifferenceUsd));
        Assert.Equal(after, await costs.GetCreditsAsync(Ct));
        Assert.Empty(Watch.Notices.All);
    }

    [Fact]
    public async Task Difference_IsWhatTheLedgerDoesNotKnow_ProviderKeysOfOnesOwnIncluded()
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        await monitor.CheckAsync(Ct);
        Watch.Clock.Advance(TimeSpan.FromMinutes(1));
        Watch.Left = 50m;

        Assert.Equal(1.75m, (await monitor.CheckAsync(Ct)).DifferenceUsd);
    }

    [Fact]
    public async Task Low_WarnsOnce_AgainAfterAnHour_AndSaysWhenItIsOver()
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        List<CreditNoticeKind> events = [];
        monitor.Noticed += (_, noticed) => events.Add(noticed.Notice.Kind);

        foreach ((decimal left, int minutes) in ((decimal, int)[])[(5m, 0), (4.99m, 5), (4m, 5), (3m, 54), (3m, 1), (2m, 59), (6m, 1), (6m, 5), (1m, 5)])
        {
            Watch.Clock.Advance(TimeSpan.FromMinutes(minutes));
            Watch.Left = left;
            await monitor.CheckAsync(Ct);
        }

        Assert.Equal([CreditNoticeKind.Low, CreditNoticeKind.Low, CreditNoticeKind.Recovered, CreditNoticeKind.Low], events);
        CreditNotice[] notices = [await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync()];
        Assert.Equal([1m, 3m, 4.99m, 6m], notices.Select(notice => notice.Reading.RemainingUsd!.Value).Order());
        Assert.Contains(notices, notice => notice.Text == "Only 4.99 USD are left of the OpenRouter key's limit.");
        Assert.Equal(3, Watch.Logs.Count(log => log.Level == LogLevel.Warning && log.Message.Contains("USD are left", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task KeyWithoutLimit_IsRecordedAndNeverWarns()
    {
        await using OpenRouterSimulator unlimited = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey }, Ct);
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(options => options.Credits.StopBelowUsd = 1m, unlimited);

        CreditReading reading = await jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.Equal((null, null, 0m), (reading.LimitUsd, reading.RemainingUsd, reading.UsedUsd));
        Assert.Equal(reading, await jarvis.Services.GetRequiredService<ICostReport>().GetCreditsAsync(Ct));
        Assert.Empty(Watch.Notices.All);
        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public async Task Start_AsksEveryFiveMinutes_ThroughFailures_WhichAreLoggedOnceWithoutTheAnswersText()
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync();
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        monitor.Start();
        monitor.Start();
        await ReadAsync(1);
        Assert.Equal(1, Watch.Reads);

        Watch.Fails = true;
        await ReadAsync(4);
        Watch.Fails = false;
        await ReadAsync(5);

        await Eventually.TrueAsync(() => Task.FromResult(Watch.Logs.Any(log => log.Message.Contains("says again what is left", StringComparison.Ordinal))), Ct);
        FakeLogRecord failure = Assert.Single(Watch.Logs, log => log.Message.Contains("is not known: ", StringComparison.Ordinal));
        Assert.Contains("HTTP 500", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Watch.Logs, log => log.Message.Contains("secret", StringComparison.Ordinal));
        Assert.True(Watch.Clock.GetUtcNow() - Watch.Clock.Start >= TimeSpan.FromMinutes(20));
    }

    [Theory]
    [InlineData(401, "HTTP 401. Check OPENROUTER_API_KEY.")]
    [InlineData(404, "knows nothing of the key")]
    [InlineData(502, "HTTP 502")]
    public async Task Check_Refused_SaysWhy(int status, string reason)
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync();
        Watch.Upstream.OnRead = _ => SimulatedReply.Error(status, "no");

        CreditsUnavailableException refused = await Assert.ThrowsAsync<CreditsUnavailableException>(() => jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Null(await jarvis.Services.GetRequiredService<ICostReport>().GetCreditsAsync(Ct));
    }

    [Fact]
    public async Task NotifierAndHandlerThatFail_HurtNobody()
    {
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(register: services =>
        {
            services.AddSingleton<IOperatorNotifier>(new CreditNotices { Fails = () => throw new InvalidOperationException("https://hooks.example/secret") });
            services.AddSingleton<IOperatorNotifier>(new CreditNotices { Fails = () => hangs.Task });
        });
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        monitor.Noticed += (_, _) => throw new InvalidOperationException("of a handler");
        Watch.Left = 1m;

        await monitor.CheckAsync(Ct);

        Assert.Equal(CreditNoticeKind.Low, (await Watch.Notices.NextAsync()).Kind);
        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        await Eventually.TrueAsync(() => Task.FromResult(Watch.Logs.Count(log => log.Message.Contains("could not be brought", StringComparison.Ordinal)) == 2), Ct);
        Assert.DoesNotContain(Watch.Logs, log => log.Message.Contains("secret", StringComparison.Ordinal));
        hangs.SetResult();
    }

    [Theory]
    [InlineData("https://hooks.slack.com/services/T/B/x", """{"text":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    [InlineData("https://discord.com/api/webhooks/1/x", """{"content":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    [InlineData("https://chat.example/hook", """{"text":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit.","content":"Jarvis: Only 1.00 USD are left of the OpenRouter key\u0027s limit."}""")]
    public async Task Webhook_GetsWhatItsServerReads(string address, string body)
    {
        using Posts posts = new();
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(
            options => options.Credits.Webhooks.Add(new Uri(address)),
            register: services => services.AddHttpClient(WebhookNotifier.ClientName).ConfigurePrimaryHttpMessageHandler(() => posts));
        Watch.Left = 1m;

        await jarvis.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.Equal((new Uri(address), body), await posts.NextAsync());
    }

    private async Task ReadAsync(int times) => await Eventually.TrueAsync(
        () =>
        {
            if (Watch.Reads >= times)
            {
                return Task.FromResult(true);
            }

            Watch.Clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(false);
        },
        Ct);

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
