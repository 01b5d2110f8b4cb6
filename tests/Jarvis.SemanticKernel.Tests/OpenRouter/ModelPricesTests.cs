using System.Globalization;
using System.Text.Json;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Tests.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.OpenRouter;

/// <summary>What tokens cost by a price list, to the last digit, and where a list does not tell it.</summary>
public sealed class ModelPricesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 16, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("anthropic/claude-sonnet-4.5", 812, 164, 0, 0, 0, "0.004896")]
    [InlineData("anthropic/claude-sonnet-4.5", 16982, 100, 0, 16979, 0, null)]
    [InlineData("anthropic/claude-sonnet-4.5", 200000, 10, 0, 0, 5, "0.60015")]
    [InlineData("anthropic/claude-sonnet-4.5", 200001, 10, 1, 0, 0, "1.2002256")]
    [InlineData("x-ai/grok-4.1-fast", 687, 0, 679, 0, 0, "0.00003555")]
    [InlineData("x-ai/grok-4.1-fast", 10, 10, 0, 5, 11, "0.000007")]
    [InlineData("x-ai/grok-4.1-fast", 0, 0, 0, 0, 0, "0")]
    [InlineData("x-ai/grok-4.1-fast", 5, 1, 4, 2, 0, null)]
    [InlineData("x-ai/grok-4.1-fast", 0, 1, int.MaxValue, int.MaxValue, 0, null)]
    public void CostOf_RecordedList(string model, int prompt, int completion, int read, int written, int reasoning, string? expected)
    {
        using var list = JsonDocument.Parse(Sample.Load("70-models-excerpt.json").Body);
        JsonElement entry = list.RootElement.GetProperty("data").EnumerateArray().Single(item => item.GetProperty("id").ValueEquals(model));

        decimal? cost = ModelPrices.Read(entry)!.CostOf(new TokenCounts(prompt, completion, read, written, reasoning), Noon);

        Assert.Equal(Money(expected), cost);
    }

    [Theory]

    // A missing price, or a zero in its place, is not a price of its own.
    [InlineData("", "0.0037")]
    [InlineData(""","input_cache_read":"0","input_cache_write":"0","internal_reasoning":"0","request":"0","image":"0","web_search":"0" """, "0.0037")]
    [InlineData(""","input_cache_read":"0.0000001" """, "0.003565")]
    [InlineData(""","input_cache_write":"0.00002" """, "0.00408")]
    [InlineData(""","internal_reasoning":"0.00001" """, "0.00373")]
    [InlineData(""","request":"0.005" """, "0.0087")]
    [InlineData(""","prompt":0.000002""", "0.0057")]
    [InlineData(""","prompt":"1.5e-6" """, "0.0047")]

    // How long what was written to the cache stays there is not counted.
    [InlineData(""","input_cache_write":"0.00002","input_cache_write_1h":"0.00002" """, "0.00408")]
    [InlineData(""","input_cache_write":"0.00002","input_cache_write_1h":"0.00004" """, null)]

    // -1 depends on who serves the call; a discount may be in the prices already.
    [InlineData(""","prompt":"-1" """, null)]
    [InlineData(""","request":"-1" """, null)]
    [InlineData(""","prompt":"79228162514264337593543950335" """, null)]
    [InlineData(""","discount":0""", "0.0037")]
    [InlineData(""","discount":0.5""", null)]
    [InlineData(""","prompt":null""", null)]
    [InlineData(""","prompt":"cheap" """, null)]

    // Conditions: strictly more tokens, a window of the day, later entries first; one that is not understood leaves the whole model open.
    [InlineData(""","overrides":[{"min_prompt_tokens":2000,"prompt":"1"}]""", "0.0037")]
    [InlineData(""","overrides":[{"min_prompt_tokens":1999,"prompt":"0.000002"}]""", "0.0057")]
    [InlineData(""","overrides":[{"min_prompt_tokens":10,"prompt":"0.000009","completion":"0.00001"},{"min_prompt_tokens":20,"prompt":"0.000002"}]""", "0.006")]
    [InlineData(""","overrides":[{"utc_start":1200,"utc_end":1201,"prompt":"0.000002"}]""", "0.0057")]
    [InlineData(""","overrides":[{"utc_start":1201,"utc_end":1300,"prompt":"0.000002"}]""", "0.0037")]
    [InlineData(""","overrides":[{"utc_start":1100,"utc_end":1200,"prompt":"0.000002"}]""", "0.0037")]
    [InlineData(""","overrides":[{"utc_start":2200,"utc_end":1201,"prompt":"0.000002"}]""", "0.0057")]
    [InlineData(""","overrides":[{"utc_start":2200,"utc_end":600,"prompt":"0.000002"}]""", "0.0037")]
    [InlineData(""","overrides":[{"utc_start":1100,"prompt":"0.000002"}]""", "0.0057")]
    [InlineData(""","overrides":[{"utc_end":1100,"prompt":"0.000002"}]""", "0.0037")]
    [InlineData(""","overrides":[{"min_prompt_tokens":10,"utc_start":1300,"prompt":"0.000002"}]""", "0.0037")]
    [InlineData(""","overrides":[{"moon_phase":3,"prompt":"0.000002"}]""", null)]
    [InlineData(""","overrides":["cheap"]""", null)]
    [InlineData(""","overrides":[{"min_prompt_tokens":9999,"prompt":"-1"}]""", null)]
    public void CostOf_Pricing(string more, string? expected)
    {
        // Without prices of their own: 2000 tokens of a prompt for 0.002, 150 of them read and 20 written; 200 of an answer for 0.0017, 20 of them reasoning.
        JsonElement model = PriceLists.Of(prompt: "0.000001", completion: "0.0000085", more)[0];

        Assert.Equal(Money(expected), ModelPrices.Read(model)?.CostOf(new TokenCounts(2000, 200, 150, 20, 20), Noon));
    }

    private static decimal? Money(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);
}
