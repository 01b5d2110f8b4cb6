using System.Globalization;
using System.Text.Json;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Tests.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.OpenRouter;

public sealed class GenerationTests
{
    [Fact]
    public void Read_RecordedRow_TakesTheNativeTokens()
    {
        using var body = JsonDocument.Parse(Sample.Load("65-generation.json").Body);

        Assert.Equal(
            new Generation("anthropic/claude-sonnet-4.5", "Anthropic", new ModelCallUsage(812, 164, 0, 0, 0.004896m), IsFinished: true),
            Generation.Read(body.RootElement.GetProperty("data")));
    }

    [Theory]
    [InlineData("""{"total_cost":0.0076509169000000005}""", "0.0076509169000000005")]
    [InlineData("""{"total_cost":4e-9}""", "0.000000004")]
    [InlineData("""{"total_cost":"0.5"}""", "0.5")]
    [InlineData("""{"total_cost":0}""", "0")]
    [InlineData("""{"usage":0.25}""", "0.25")]
    [InlineData("""{"total_cost":null,"usage":0.25}""", "0.25")]
    [InlineData("""{"total_cost":0.5,"usage":0.25}""", "0.5")]
    [InlineData("""{"total_cost":-0.5}""", null)]
    [InlineData("""{"total_cost":1e40}""", null)]
    [InlineData("""{"total_cost":true}""", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]

    // The upstream's own bill belongs to it only with a provider key of one's own.
    [InlineData("""{"total_cost":0.5,"upstream_inference_cost":0.5,"is_byok":false}""", "0.5")]
    [InlineData("""{"total_cost":0.5,"upstream_inference_cost":0.5}""", "0.5")]
    [InlineData("""{"total_cost":0.95,"upstream_inference_cost":19,"is_byok":true}""", "19.95")]
    [InlineData("""{"total_cost":0,"upstream_inference_cost":0.0003253,"is_byok":true}""", "0.0003253")]
    [InlineData("""{"total_cost":0.95,"upstream_inference_cost":null,"is_byok":true}""", null)]
    [InlineData("""{"total_cost":0.95,"upstream_inference_cost":-1,"is_byok":true}""", null)]
    [InlineData("""{"total_cost":-1,"upstream_inference_cost":2,"is_byok":true}""", null)]
    public void Read_Cost_IsExactOrUnknown(string data, string? expected) =>
        Assert.Equal(expected is null ? null : decimal.Parse(expected, CultureInfo.InvariantCulture), Generation.Read(PriceLists.Parse(data)).Usage.CostUsd);

    [Theory]
    [InlineData("""{"total_cost":0,"native_tokens_prompt":0,"native_tokens_completion":0,"finish_reason":null}""", false)]
    [InlineData("""{"total_cost":0,"native_tokens_prompt":null,"finish_reason":""}""", false)]
    [InlineData("""{"total_cost":0,"tokens_prompt":12,"cancelled":true}""", false)]
    [InlineData("""{"total_cost":0,"native_tokens_prompt":12,"cancelled":true}""", true)]
    [InlineData("""{"total_cost":0,"finish_reason":"error"}""", true)]
    [InlineData("""{"total_cost":0.1}""", true)]
    public void Read_RowBeforeTheCallIsAccountedFor_IsNotFinished(string data, bool isFinished) =>
        Assert.Equal(isFinished, Generation.Read(PriceLists.Parse(data)).IsFinished);
}
