using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class ChatStreamBodyTests : SimulatorTest
{
    [Theory]
    [MemberData(nameof(ChatBodyJsonTests.Kinds), MemberType = typeof(ChatBodyJsonTests))]
    public async Task Stream_EveryKind_FitsThePublishedSchemaAndTerminates(string kind)
    {
        Simulator.Enqueue(ChatBodyJsonTests.ReplyOf(kind));

        string stream = await Client.StreamTextAsync();

        Assert.Equal("[DONE]", EventsOf(stream)[^1]);
        foreach (JsonElement chunk in ChunksOf(stream))
        {
            await OpenRouterSchema.AssertValidAsync("ChatStreamChunk", chunk.GetRawText());
            Assert.Equal("assistant", DeltaOf(chunk).GetProperty("role").GetString());
            Assert.Equal("Anthropic", chunk.GetProperty("provider").GetString());
        }
    }

    [Fact]
    public async Task Stream_Headers_AreThoseOfAnEventStreamWithTheGenerationId()
    {
        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: true));

        string stream = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal(ChunksOf(stream)[0].GetProperty("id").GetString(), Assert.Single(response.Headers.GetValues("X-Generation-Id")));
    }

    [Fact]
    public async Task Stream_Text_StartsWithCommentsAndSplitsTheContent()
    {
        Simulator.Enqueue(SimulatedReply.Text("The nightly export finished at 02:14 without errors. Grüße 🙂"));

        string stream = await Client.StreamTextAsync();

        Assert.StartsWith(": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: {\"id\":\"gen-", stream, StringComparison.Ordinal);
        Assert.Contains("}\n\n: OPENROUTER PROCESSING\n\ndata: {", stream, StringComparison.Ordinal);
        string[] pieces = [.. ChunksOf(stream).Select(chunk => DeltaOf(chunk).GetProperty("content").GetString()!)];
        Assert.True(pieces.Count(piece => piece.Length > 0) > 3);
        Assert.Equal("The nightly export finished at 02:14 without errors. Grüße 🙂", string.Concat(pieces));
    }

    // openai and ai-sdk crash on empty choices; both must not take the repeated reason for a second end.
    [Fact]
    public async Task Stream_UsageChunk_RepeatsOneChoiceWithItsReason()
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(10, 5, "4.14e-05"));

        IReadOnlyList<JsonElement> chunks = ChunksOf(await Client.StreamTextAsync());

        Assert.All(chunks.SkipLast(1), chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
        JsonElement choice = Assert.Single(chunks[^1].GetProperty("choices").EnumerateArray());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, chunks[^1].GetProperty("service_tier").ValueKind);
        Assert.Equal("4.14e-05", chunks[^1].GetProperty("usage").GetProperty("cost").GetRawText());
        Assert.All(chunks.SkipLast(2), chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
    }

    [Fact]
    public async Task Stream_ParallelTools_NameEachCallOnceAndFragmentItsArguments()
    {
        Simulator.Enqueue(ChatBodyJsonTests.ReplyOf("parallel").WithText("I will look both up."));

        IReadOnlyList<JsonElement> chunks = ChunksOf(await Client.StreamTextAsync());

        JsonElement[] fragments =
            [.. chunks.Select(DeltaOf).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0])];
        JsonElement[] starts = [.. fragments.Where(call => call.TryGetProperty("id", out _))];
        Assert.Equal(["get_order", "get_stock"], starts.Select(call => call.GetProperty("function").GetProperty("name").GetString()));
        Assert.Equal("{\"order_id\": \"A-5531\"}", ArgumentsOf(fragments, 0));
        Assert.Equal("{\"sku\": \"Zürich\"}", ArgumentsOf(fragments, 1));
        Assert.True(fragments.Length > 6);
        Assert.Equal("tool_calls", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Stream_ErrorAsDocumented_EndsWithTheErrorAndNothingElse()
    {
        Simulator.Enqueue(SimulatedReply.ErrorMidStream("The first two steps are", 502, "Upstream connection dropped"));

        string stream = await Client.StreamTextAsync();

        JsonElement last = ChunksOf(stream)[^1];
        await OpenRouterSchema.AssertValidAsync("ChatStreamChunk", last.GetRawText());
        Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
        Assert.Equal("error", last.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("provider_unavailable", last.GetProperty("error").GetProperty("metadata").GetProperty("error_type").GetString());
        Assert.False(last.TryGetProperty("usage", out _));
        Assert.Equal("The first two steps are", string.Concat(ChunksOf(stream).Select(chunk => DeltaOf(chunk).GetProperty("content").GetString())));
        Assert.Empty(Simulator.Billed);
    }

    [Fact]
    public async Task Stream_ErrorAsRecorded_CarriesBilledUsageAndTerminates()
    {
        Simulator.Enqueue(SimulatedReply.ErrorMidStreamAsRecorded("The first", 502, "Upstream connection dropped").WithUsage(10, 2, "0.00006"));

        string stream = await Client.StreamTextAsync();

        JsonElement last = ChunksOf(stream)[^1];
        Assert.Equal("[DONE]", EventsOf(stream)[^1]);
        Assert.Equal(JsonValueKind.Null, last.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind);
        Assert.Equal("0.00006", last.GetProperty("usage").GetProperty("cost").GetRawText());
        Assert.Equal(0.00006m, Simulator.TotalBilledUsd);
    }

    [Fact]
    public async Task Stream_ErrorInside200_IsTheOnlyEvent()
    {
        Simulator.Enqueue(SimulatedReply.ErrorInside200(429, "Rate limit exceeded", "rate_limit_exceeded"));

        string stream = await Client.StreamTextAsync();

        JsonElement only = Parse(Assert.Single(EventsOf(stream)));
        Assert.Equal(429, only.GetProperty("error").GetProperty("code").GetInt32());
    }

    private static string ArgumentsOf(IEnumerable<JsonElement> fragments, int index) => string.Concat(fragments
        .Where(call => call.GetProperty("index").GetInt32() == index)
        .Select(call => call.GetProperty("function").GetProperty("arguments").GetString()));
}
