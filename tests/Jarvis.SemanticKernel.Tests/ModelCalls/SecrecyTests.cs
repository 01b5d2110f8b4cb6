using System.Text;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What must not be said is not said: not in logs, not in the database, not in exceptions.</summary>
public class SecrecyTests
{
    private static readonly string[] Categories = ["Jarvis", "Polly", "System.Net.Http"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Chats => Sample.Chats;

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task Canaries_OfAnAnswer_ShowNowhere(string name)
    {
        var sample = Sample.Load(name);
        (string logs, string rows, string exception) = await RunAsync(Canaries.Plant(sample), sample.IsStream);

        AssertSilent(logs, rows, exception);
        Assert.Contains("anthropic/claude-sonnet-4.5", rows, StringComparison.Ordinal);
        Assert.Equal(ExpectedReplies.Of(name).Message is not null, exception.Contains(Canaries.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<html>CANARY-secret-8d1f CANARY-message-27aa</html>", false)]
    [InlineData("{\"id\":\"gen-1\",\"choices\":[],\"x\":\"CANARY-secret-8d1f\"}", false)]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"CANARY-secret-8d1f", false)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"CANARY-secret-8d1f\"}}]}\n\ndata: CANARY-secret-8d1f\n\n", true)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"CANARY-secret-8d1f\"}}]}\n\ndata: {\"choi", true)]
    [InlineData("data: CANARY-secret-8d1f\n\n", true)]
    public async Task Canaries_OfAMalformedAnswer_ShowNowhere(string body, bool streamed)
    {
        (string logs, string rows, string exception) = await RunAsync(
            SimulatedReply.Raw(200, [new("content-type", streamed ? "text/event-stream" : "application/json")], Encoding.UTF8.GetBytes(body)), streamed);

        AssertSilent(logs, rows, exception);
        Assert.NotEmpty(exception);
    }

    [Fact]
    public async Task Key_InAnErrorMessage_IsTakenOut()
    {
        (string logs, string rows, string exception) = await RunAsync(SimulatedReply.Error(401, $"No such key: {JarvisHarness.ApiKey}, sent as Bearer abc"), streamed: false);

        AssertSilent(logs, rows, exception);
        Assert.Contains("No such key: [key], sent as [key]", exception, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gsk_canaryKEY0123456789")]
    [InlineData("plainCanary.Key+5f2e/==")]
    [InlineData(JarvisHarness.ApiKey)]
    public async Task Key_OfAnyShape_IsInNoMemberOfTheException(string key)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.ApiKey = key);
        jarvis.Upstream.DefaultReply = SimulatedReply.Raw(
            401,
            [new("content-type", "application/json")],
            Encoding.UTF8.GetBytes($$$$"""{"error":{"code":401,"message":"Incorrect API key: {{{{key}}}}.","error_type":"{{{{key}}}}","metadata":{"provider_name":"{{{{key}}}}"}}}"""));

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Contains("Incorrect API key: [key].", failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, $"{failure} {failure.Error}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_IsLoggedWithItsCauseAndNothingElse(bool streamed)
    {
        (string logs, string rows, string exception) = await RunAsync(SimulatedReply.ServerError(), streamed);

        AssertSilent(logs, rows, exception);
        Assert.Contains("Attempt 1 on tier mid (anthropic/claude-sonnet-4.5) failed with 500", logs, StringComparison.Ordinal);
    }

    private static void AssertSilent(string logs, string rows, string exception)
    {
        foreach (string text in new[] { logs, rows, exception })
        {
            Assert.DoesNotContain(Canaries.Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(JarvisHarness.ApiKey, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Canaries.Message, logs + rows, StringComparison.Ordinal);
    }

    private static async Task<(string Logs, string Rows, string Exception)> RunAsync(SimulatedReply reply, bool streamed)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("jarvis-canaries-");
        string file = Path.Combine(folder.FullName, "jarvis.db");
        FakeLogCollector collector;
        ModelCallException? failure;
        await using (JarvisHarness jarvis = await JarvisHarness.StartAsync(
            file,
            options =>
            {
                options.Resilience.MaxRetries = 1;
                options.Resilience.MaxRetryWait = TimeSpan.Zero;
            },
            services => services.AddLogging(logging => logging.AddFakeLogging())))
        {
            jarvis.Upstream.DefaultReply = reply;
            (_, failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed, Ct, prompt: $"The secret is {Canaries.Secret}.");
            collector = jarvis.Services.GetRequiredService<FakeLogCollector>();
        }

        // The files themselves, log and free pages included: more than any query shows.
        SqliteConnection.ClearAllPools();
        string rows = string.Concat(folder.GetFiles().Select(stored => Encoding.Latin1.GetString(File.ReadAllBytes(stored.FullName))));
        folder.Delete(recursive: true);
        Assert.NotEqual(0, collector.Count);
        return (Describe(collector), rows, failure?.ToString() ?? "");
    }

    private static string Describe(FakeLogCollector collector) => string.Join('\n', collector.GetSnapshot()
        .Where(line => line.Category is { } category && Categories.Any(known => category.StartsWith(known, StringComparison.Ordinal)))
        .Select(line => $"{line.Category} {line.Message} {line.Exception} {string.Join(' ', line.StructuredState?.Select(pair => $"{pair.Key}={pair.Value}") ?? [])} {string.Join(' ', line.Scopes)}"));
}
