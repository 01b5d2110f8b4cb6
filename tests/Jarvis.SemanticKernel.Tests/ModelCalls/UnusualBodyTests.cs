using System.ClientModel.Primitives;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Unusual answers over real HTTP, in every encoding: the caller gets what Semantic Kernel alone gives, and the stored record says what the body said, exactly.</summary>
public sealed class UnusualBodyTests
{
    private static readonly string?[] Encodings = [null, "gzip", "br", "deflate"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. UnusualBody.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Body_InEveryEncoding_ReachesTheCallerUnchangedAndIsRecordedExactly(string name)
    {
        UnusualBody unusual = UnusualBody.All[name];
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Resilience.MaxRetries = 0);
        using var network = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        using var client = new HttpClient(network);
        var alone = new OpenAIChatCompletionService("anthropic/claude-sonnet-4.5", jarvis.Upstream.Endpoint, "key", httpClient: client);
        foreach (string? encoding in Encodings)
        {
            jarvis.Upstream.DefaultReply = unusual.Reply(encoding);
            (string expected, bool isWhole) = await AskAsync(alone, unusual.IsStream);

            Assert.Equal((expected, isWhole), await AskAsync(jarvis.Chat(Tier.Mid), unusual.IsStream));

            // What the connector cannot read it cannot read without this package either, and that happens after the call.
            Assert.True(isWhole || name is "numbers as strings" or "exponents", expected);
        }

        Assert.Equal(2 * Encodings.Length, jarvis.Upstream.RequestCount);
        Assert.Equal(Encodings.Length, jarvis.Upstream.Requests.Count(request => request.Headers["Accept-Encoding"] == "gzip, br"));
        IReadOnlyList<RecordedCall> calls = await database.ReadCallsAsync();
        Assert.Equal(Encodings.Length, calls.Count);
        Assert.All(calls, call => Assert.Equal(
            ("ok", UnusualBody.Id, unusual.Prompt, unusual.Completion, unusual.Cost, unusual.Cost is null ? "unknown" : "reported", null),
            (call.Status, call.GenerationId, call.PromptTokens, call.CompletionTokens, call.CostUsd, call.CostSource, call.Error)));

        // What nobody knows the cost of is in no sum, least of all as a credit.
        Assert.Equal(unusual.Cost is null ? 0 : Encodings.Length, await database.CountAsync("ai_calls"));
        Assert.Equal(0, await database.CountAsync("ai_calls WHERE cost_usd < 0"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task CompressedBody_BeforeAHandlerOfTheHost_IsPlain(string encoding)
    {
        List<string> seen = [];
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.PostConfigure<HttpClientFactoryOptions>(
            "jarvis", options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.AdditionalHandlers.Add(new Sees(seen)))));
        UnusualBody unusual = UnusualBody.All.Values.First(body => !body.IsStream);
        jarvis.Upstream.DefaultReply = unusual.Reply(encoding);

        (_, bool isWhole) = await AskAsync(jarvis.Chat(Tier.Mid), streamed: false);

        Assert.True(isWhole);
        Assert.StartsWith("{", Assert.Single(seen).TrimStart(), StringComparison.Ordinal);
    }

    /// <summary>All that a caller gets, as one text, and whether there was no exception.</summary>
    private static async Task<(string Got, bool IsWhole)> AskAsync(IChatCompletionService chat, bool streamed)
    {
        var got = new StringBuilder();
        bool isWhole = true;
        try
        {
            if (streamed)
            {
                await foreach (StreamingChatMessageContent part in chat.GetStreamingChatMessageContentsAsync("hello", cancellationToken: Ct))
                {
                    Append(got, part.Role, part.ModelId, part.Content, part.InnerContent);
                }
            }
            else
            {
                foreach (ChatMessageContent message in await chat.GetChatMessageContentsAsync("hello", cancellationToken: Ct))
                {
                    Append(got, message.Role, message.ModelId, message.Content, message.InnerContent);
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            isWhole = false;
            got.Append(e.GetType().Name).Append(": ").Append(e.Message);
        }

        return (got.ToString(), isWhole);
    }

    // The SDK's own object, written again, holds every field that it read.
    private static void Append(StringBuilder to, AuthorRole? role, string? model, string? content, object? inner)
    {
        byte[] json = ModelReaderWriter.Write(inner!).ToArray();
        to.Append(role).Append('|').Append(model).Append('|').Append(content?.Length).Append('|').Append(Hash(Encoding.UTF8.GetBytes(content ?? ""))).Append('|').Append(Hash(json)).Append('\n');
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private sealed class Sees(List<string> bodies) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            bodies.Add(await response.Content.ReadAsStringAsync(cancellationToken));
            return response;
        }
    }
}
