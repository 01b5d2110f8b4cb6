using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.OpenRouter;

/// <summary>How an endpoint is asked besides completions.</summary>
public sealed class OpenRouterApiTests
{
    private static readonly KeyValuePair<string, string>[] Json = [new("content-type", "application/json")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetGenerationAsync_UnknownId_IsNull_AndAsksForExactlyThatId()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        List<string> paths = [];
        jarvis.Upstream.OnRead = path =>
        {
            paths.Add(path);
            return null;
        };

        Assert.Null(await Api(jarvis).GetGenerationAsync("gen-1?id=gen-2&x#y", Ct));

        Assert.Equal("/generation?id=gen-1%3Fid%3Dgen-2%26x%23y", Assert.Single(paths));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/api/v1")]
    [InlineData("http://127.0.0.1:{0}/api/v1/")]
    [InlineData("http://user:word@127.0.0.1:{0}/api/v1/")]
    public async Task GetModelsAsync_Endpoint_IsWhatWasConfigured(string format)
    {
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey }, Ct);
        Uri endpoint = new(string.Format(CultureInfo.InvariantCulture, format, upstream.Endpoint.Port));
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Endpoint = endpoint, upstream: upstream);

        JsonElement? models = await Api(jarvis).GetModelsAsync(Ct);

        Assert.Equal(3, models!.Value.GetArrayLength());
    }

    [Theory]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(402, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(302, false)]
    public async Task Refusal_SaysItsStatusAndNothingOfTheAnswer(int status, bool isAboutTheKey)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.OnRead = _ => SimulatedReply.Error(status, $"secret words, {JarvisHarness.ApiKey}").WithHeaders(("Location", "/elsewhere"));

        ApiFailureException failure = await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal($"HTTP {status}", failure.Message);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal((isAboutTheKey, null), (failure.IsAboutTheKey, failure.RetryAfter));
    }

    [Fact]
    public async Task Redirect_DoesNotTakeTheKeyElsewhere()
    {
        List<string> paths = [];
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.OnRead = path =>
        {
            paths.Add(path);
            return SimulatedReply.Error(307, "over there").WithHeaders(("Location", "/api/v1/elsewhere"));
        };

        await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal("/generation?id=gen-1", Assert.Single(paths));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("soon", null)]
    [InlineData("-3", null)]
    public async Task RetryAfter_InSeconds_IsRead(string header, int? seconds)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.OnRead = _ => SimulatedReply.Error(429, "slow down").WithHeaders(("Retry-After", header));

        ApiFailureException failure = await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task RetryAfter_AsADate_IsReadByTheClock()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<TimeProvider>(clock));
        jarvis.Upstream.OnRead = _ => SimulatedReply.Error(503, "busy").WithHeaders(("Retry-After", "Sun, 16 Aug 2026 12:00:30 GMT"));

        ApiFailureException failure = await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal(TimeSpan.FromSeconds(30), failure.RetryAfter);
    }

    [Theory]
    [InlineData("<html>", "the answer is no JSON")]
    [InlineData("", "the answer is no JSON")]
    [InlineData("[]", "the answer is not OpenRouter's")]
    [InlineData("""{"data":"secret"}""", "the answer is not OpenRouter's")]
    [InlineData("""{"error":{"message":"secret"} }""", "the answer is not OpenRouter's")]
    public async Task AnswerOfAnotherShape_IsAFailure(string body, string message)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.OnRead = _ => SimulatedReply.Raw(200, Json, Encoding.UTF8.GetBytes(body));

        ApiFailureException failure = await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal(message, failure.Message);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerThatIsCut_IsAFailure()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        jarvis.Upstream.OnRead = path => SimulatedReply.Raw(200, Json, """{"data":{"id":"gen-1","total_cost":0.0076"""u8.ToArray()).CutAfterBytes(30);

        await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));
    }

    [Fact]
    public async Task NobodyThere_IsAFailureAtOnce()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Endpoint = new Uri("http://127.0.0.1:1/api/v1"));

        ApiFailureException failure = await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetModelsAsync(Ct));

        Assert.Equal("it cannot be reached (ConnectionError)", failure.Message);
    }

    [Fact]
    public async Task Cancelled_IsNoFailure()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        TaskCompletionSource never = new();
        jarvis.Upstream.OnRead = _ => SimulatedReply.ServerError().WaitFor(never.Task);
        using CancellationTokenSource giveUp = new();
        Task asking = Api(jarvis).GetModelsAsync(giveUp.Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task DefaultsOfAHost_DoNotMultiplyTheQuestions()
    {
        int asked = 0;
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.ConfigureHttpClientDefaults(client => client.AddStandardResilienceHandler()));
        jarvis.Upstream.OnRead = _ =>
        {
            Interlocked.Increment(ref asked);
            return SimulatedReply.Error((int)HttpStatusCode.ServiceUnavailable, "busy");
        };

        await Assert.ThrowsAsync<ApiFailureException>(() => Api(jarvis).GetGenerationAsync("gen-1", Ct));

        Assert.Equal(1, asked);
    }

    private static IOpenRouterApi Api(JarvisHarness jarvis) => jarvis.Services.GetRequiredService<IOpenRouterApi>();
}
