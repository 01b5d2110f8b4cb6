using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class BillingTests : SimulatorTest
{
    [Theory]
    [InlineData("0.0076509169000000005")]
    [InlineData("4.14e-05")]
    [InlineData("4E-9")]
    [InlineData("12")]
    [InlineData("-0.5")]
    [InlineData("0.0")]
    public async Task Cost_TextOfTheScript_IsOnTheWireVerbatimAndBilledExactly(string cost)
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(10, 5, cost));

        JsonElement usage = Parse(await Client.ChatTextAsync()).GetProperty("usage");

        Assert.Equal(cost, usage.GetProperty("cost").GetRawText());
        Assert.Equal(cost, usage.GetProperty("cost_details").GetProperty("upstream_inference_cost").GetRawText());
        decimal expected = decimal.Parse(cost, NumberStyles.Float, CultureInfo.InvariantCulture);
        Assert.Equal(expected, Assert.Single(Simulator.Billed).CostUsd);
    }

    [Theory]
    [InlineData("0.00000000000000000000000000001")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("1.00000000000000000000000000001")]
    [InlineData("1e99999999999")]
    [InlineData(" 1")]
    [InlineData("\"1\"")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("")]
    public void WithUsage_CostThatIsNoExactAmount_IsRefused(string cost) =>
        Assert.Throws<ArgumentException>("costJson", () => SimulatedReply.Text("x").WithUsage(1, 1, cost));

    // The numbers are those of recorded calls, see the sample of a cache write and of a plain call.
    [Theory]
    [InlineData("anthropic/claude-sonnet-4.5", 812, 164, 0, 0, "0.004896")]
    [InlineData("anthropic/claude-sonnet-4.5", 10339, 60, 0, 10318, "0.0396555")]
    [InlineData("anthropic/claude-opus-4.6", 1204, 131, 0, 0, "0.009295")]
    [InlineData("x-ai/grok-4.1-fast", 687, 0, 679, 0, "0.00003555")]
    [InlineData("nobody/unpriced", 1000, 1000, 0, 0, "0.003")]
    public async Task Cost_OfThePriceList_IsExactAndPlainText(string model, int prompt, int completion, int cached, int written, string expected)
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(prompt, completion, cachedTokens: cached, cacheWriteTokens: written));

        JsonElement usage = Parse(await Client.ChatTextAsync(SimulatorClient.Request(model))).GetProperty("usage");

        Assert.Equal(expected, usage.GetProperty("cost").GetRawText());
        Assert.Equal(prompt + completion, usage.GetProperty("total_tokens").GetInt32());
        BilledCall billed = Assert.Single(Simulator.Billed);
        Assert.Equal(decimal.Parse(expected, CultureInfo.InvariantCulture), billed.CostUsd);
        Assert.Equal((prompt, completion, cached, written), (billed.PromptTokens, billed.CompletionTokens, billed.CachedTokens, billed.CacheWriteTokens));
    }

    [Fact]
    public async Task Tokens_Unscripted_FollowTheDocumentedRule()
    {
        const string Messages = """[{"role":"user","content":"When is it due?"}]""";
        const string Tools = """[{"type":"function","function":{"name":"f"}}]""";
        Simulator.Enqueue(SimulatedReply.Text("Grüße").WithReasoning("abcd"), SimulatedReply.ToolCalls(new SimulatedToolCall("name", "{}")));

        JsonElement text = Parse(await Client.ChatTextAsync($$"""{"model":"a/b","messages":{{Messages}},"tools":{{Tools}}}""")).GetProperty("usage");
        JsonElement tool = Parse(await Client.ChatTextAsync($$"""{"model":"a/b","messages":{{Messages}}}""")).GetProperty("usage");

        Assert.Equal((Messages.Length + Tools.Length + 3) / 4, text.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(((Encoding.UTF8.GetByteCount("Grüße") + 3) / 4) + 1, text.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(1, text.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal((Messages.Length + 3) / 4, tool.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(2, tool.GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData(null, "0", "0.0033")]
    [InlineData("0.95", "0.95", "0.9533")]
    public async Task Byok_Call_BillsFeeAndUpstream(string? fee, string shown, string billed)
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(500, 120, fee, upstreamCostJson: "0.0033"));

        JsonElement usage = Parse(await Client.ChatTextAsync()).GetProperty("usage");

        Assert.True(usage.GetProperty("is_byok").GetBoolean());
        Assert.Equal(shown, usage.GetProperty("cost").GetRawText());
        Assert.Equal("0.0033", usage.GetProperty("cost_details").GetProperty("upstream_inference_cost").GetRawText());
        Assert.Equal(decimal.Parse(billed, CultureInfo.InvariantCulture), Simulator.TotalBilledUsd);
        Assert.Equal(0.0033m, Assert.Single(Simulator.Billed).UpstreamCostUsd);
    }

    [Fact]
    public async Task WithoutUsage_Answer_HidesTheUsageAndBillsIt()
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(10, 5, "0.25").WithoutUsage(), SimulatedReply.Text("x").WithUsage(10, 5, "0.5").WithoutCost());

        Assert.False(Parse(await Client.ChatTextAsync()).TryGetProperty("usage", out _));
        Assert.Equal(
            ["completion_tokens", "completion_tokens_details", "prompt_tokens", "prompt_tokens_details", "total_tokens"],
            KeysOf(Parse(await Client.ChatTextAsync()).GetProperty("usage")));

        Assert.Equal(0.75m, Simulator.TotalBilledUsd);
    }

    [Fact]
    public async Task Total_ManyCallsAtOnce_IsTheExactSumOfTheBilled()
    {
        Simulator.DefaultReply = SimulatedReply.Text("x").WithUsage(10, 5, "0.0076509169000000005");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Client.ChatTextAsync()));

        Assert.Equal(0.76509169000000005m, Simulator.TotalBilledUsd);
        Assert.Equal(Simulator.TotalBilledUsd, BilledCall.Sum(Simulator.Billed));
        Assert.Equal(100, Simulator.Billed.Select(call => call.GenerationId).Distinct().Count());
    }

    [Fact]
    public void Sum_ThatNeedsMoreDigitsThanADecimalHas_ThrowsInsteadOfRounding()
    {
        BilledCall large = CallOf(79228162514264337593543950335m);
        BilledCall small = CallOf(0.1m);

        Assert.Throws<OverflowException>(() => BilledCall.Sum([large, small]));
    }

    private static BilledCall CallOf(decimal cost) => new()
    {
        GenerationId = "gen-1",
        Model = "a/b",
        PromptTokens = 1,
        CompletionTokens = 1,
        CostUsd = cost,
        BilledAt = DateTimeOffset.UnixEpoch,
    };
}
