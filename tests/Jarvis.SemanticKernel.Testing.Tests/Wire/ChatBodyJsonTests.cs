using System.Net;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class ChatBodyJsonTests : SimulatorTest
{
    public static TheoryData<string> Kinds => ["text", "reasoning", "tool", "parallel", "byok", "no usage", "no cost"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Body_EveryKind_FitsThePublishedSchema(string kind)
    {
        Simulator.Enqueue(ReplyOf(kind));

        await OpenRouterSchema.AssertValidAsync("ChatResult", await Client.ChatTextAsync());
    }

    [Fact]
    public async Task Body_Text_HasTheRecordedMembers()
    {
        Simulator.Enqueue(SimulatedReply.Text("Invoice 20417 is due on 12 September."));

        JsonElement body = Parse(await Client.ChatTextAsync());

        Assert.Equal(["choices", "created", "id", "model", "object", "provider", "service_tier", "system_fingerprint", "usage"], KeysOf(body));
        Assert.Equal(["finish_reason", "index", "logprobs", "message", "native_finish_reason"], KeysOf(body.GetProperty("choices")[0]));
        Assert.Equal(["content", "reasoning", "refusal", "role"], KeysOf(body.GetProperty("choices")[0].GetProperty("message")));
        JsonElement usage = body.GetProperty("usage");
        Assert.Equal(
            ["completion_tokens", "completion_tokens_details", "cost", "cost_details", "is_byok", "prompt_tokens", "prompt_tokens_details", "total_tokens"],
            KeysOf(usage));
        Assert.Equal(["audio_tokens", "cache_write_tokens", "cached_tokens", "video_tokens"], KeysOf(usage.GetProperty("prompt_tokens_details")));
        Assert.Equal(["audio_tokens", "image_tokens", "reasoning_tokens"], KeysOf(usage.GetProperty("completion_tokens_details")));
        Assert.Equal(
            ["upstream_inference_completions_cost", "upstream_inference_cost", "upstream_inference_prompt_cost"], KeysOf(usage.GetProperty("cost_details")));
        Assert.Equal("end_turn", body.GetProperty("choices")[0].GetProperty("native_finish_reason").GetString());
        Assert.Equal("Anthropic", body.GetProperty("provider").GetString());
    }

    [Fact]
    public async Task Body_Id_IsStampedByTheClockAndRepeatedInTheHeader()
    {
        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        JsonElement body = Parse(await response.Content.ReadAsStringAsync(Ct));
        string id = body.GetProperty("id").GetString()!;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Matches("^gen-1786897701-[A-Za-z0-9]{20}$", id);
        Assert.Equal(1786897701, body.GetProperty("created").GetInt64());
        Assert.Equal(id, Assert.Single(response.Headers.GetValues("X-Generation-Id")));
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    // @openrouter/sdk rejects a call without id, type or arguments; openai indexes its calls by position.
    [Fact]
    public async Task Body_ParallelToolCalls_AreNumberedAndHaveIdsOfTheirOwn()
    {
        Simulator.Enqueue(ReplyOf("parallel"));

        JsonElement choice = Parse(await Client.ChatTextAsync()).GetProperty("choices")[0];

        JsonElement[] calls = [.. choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray()];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("tool_use", choice.GetProperty("native_finish_reason").GetString());
        Assert.Equal([0, 1], calls.Select(call => call.GetProperty("index").GetInt32()));
        Assert.All(calls, call => Assert.Matches("^toolu_01[A-Za-z0-9]{22}$", call.GetProperty("id").GetString()));
        Assert.NotEqual(calls[0].GetProperty("id").GetString(), calls[1].GetProperty("id").GetString());
        Assert.Equal("{\"sku\": \"Zürich\"}", calls[1].GetProperty("function").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Body_ToolCallWithoutArguments_LeavesThemOutAsRecorded()
    {
        Simulator.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("now", ArgumentsJson: null)));

        JsonElement message = Parse(await Client.ChatTextAsync()).GetProperty("choices")[0].GetProperty("message");

        Assert.Equal(["name"], KeysOf(message.GetProperty("tool_calls")[0].GetProperty("function")));
    }

    [Fact]
    public async Task Body_FourByteCharacters_AreNotEscaped()
    {
        Simulator.Enqueue(SimulatedReply.Text("\"Grüße\" \\ 🙂\n"));

        string text = await Client.ChatTextAsync();

        Assert.Contains("\"content\":\"\\\"Grüße\\\" \\\\ 🙂\\u000a\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_Modifiers_NameTheFallbackModelProviderAndReason()
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithModel("x-ai/grok-4.1-fast").WithProvider("Azure").WithFinishReason("length", "MAX_TOKENS").WithHeaders(("X-A", "1")));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        JsonElement body = Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal("x-ai/grok-4.1-fast", body.GetProperty("model").GetString());
        Assert.Equal("Azure", body.GetProperty("provider").GetString());
        Assert.Equal("length", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("MAX_TOKENS", body.GetProperty("choices")[0].GetProperty("native_finish_reason").GetString());
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("X-A")));
        Assert.Equal("x-ai/grok-4.1-fast", Assert.Single(Simulator.Billed).Model);
    }

    internal static SimulatedReply ReplyOf(string kind) => kind switch
    {
        "text" => SimulatedReply.Text("The nightly export finished at 02:14 without errors."),
        "reasoning" => SimulatedReply.Text("Supplier B.").WithReasoning("1180 is below 1215, so supplier B."),
        "tool" => SimulatedReply.ToolCalls(new SimulatedToolCall("get_order", "{\"order_id\": \"A-5531\"}")),
        "parallel" => SimulatedReply.ToolCalls(
            new SimulatedToolCall("get_order", "{\"order_id\": \"A-5531\"}"), new SimulatedToolCall("get_stock", "{\"sku\": \"Zürich\"}")),
        "byok" => SimulatedReply.Text("x").WithUsage(500, 120, upstreamCostJson: "0.0033"),
        "no usage" => SimulatedReply.Text("x").WithoutUsage(),
        "no cost" => SimulatedReply.Text("x").WithoutCost(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Name a kind of reply."),
    };
}
