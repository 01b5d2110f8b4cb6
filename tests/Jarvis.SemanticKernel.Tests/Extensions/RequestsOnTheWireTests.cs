using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Extensions;

public class RequestsOnTheWireTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_IdentifyKeyAndApplication()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        IReadOnlyDictionary<string, string> headers = Assert.Single(jarvis.Upstream.Requests).Headers;
        Assert.Equal($"Bearer {JarvisHarness.ApiKey}", headers["Authorization"]);
        Assert.Equal("https://jarvis.local/", headers["HTTP-Referer"]);
        Assert.Equal("Jarvis", headers["X-OpenRouter-Title"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public async Task ApplicationHeaders_CanBeSwitchedOff(string? title)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => (options.AppUrl, options.AppTitle) = (null, title));

        await jarvis.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);

        IReadOnlyDictionary<string, string> headers = Assert.Single(jarvis.Upstream.Requests).Headers;
        Assert.False(headers.ContainsKey("HTTP-Referer"));
        Assert.False(headers.ContainsKey("X-OpenRouter-Title"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task EndpointWithOrWithoutSlash_ReachesTheSameAddress(string ending)
    {
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Endpoint = new Uri(upstream.Endpoint + ending), upstream: upstream);

        FunctionResult result = await jarvis.Kernel.InvokePromptAsync("Repeat this", cancellationToken: Ct);

        Assert.EndsWith("Repeat this", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UsageOfStreams_IsAskedFor(bool isStreamed)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        if (isStreamed)
        {
            await foreach (StreamingChatMessageContent part in jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("Work", cancellationToken: Ct))
            {
                Assert.NotNull(part);
            }
        }
        else
        {
            await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        }

        System.Text.Json.JsonElement body = Assert.Single(jarvis.Upstream.Requests).Body;
        Assert.Equal(isStreamed, body.TryGetProperty("stream_options", out System.Text.Json.JsonElement options) && options.GetProperty("include_usage").GetBoolean());
    }

    [Fact]
    public async Task HostsOwnResilienceDefaults_NeitherCutLongAnswersNorMultiplyTheAttempts()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            register: services => services.ConfigureHttpClientDefaults(client => client.AddStandardResilienceHandler(resilience =>
            {
                resilience.Retry.Delay = TimeSpan.FromMilliseconds(1);
                resilience.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(50);
            })));
        jarvis.Upstream.Enqueue(SimulatedReply.Text("worth waiting for").After(TimeSpan.FromMilliseconds(500)));
        jarvis.Upstream.DefaultReply = SimulatedReply.ServerError();

        Assert.Equal("worth waiting for", (await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct)).Content);
        Assert.Equal(1, jarvis.Upstream.RequestCount);

        await Assert.ThrowsAnyAsync<ModelCallException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        Assert.Equal(1 + 3, jarvis.Upstream.RequestCount);
    }
}
