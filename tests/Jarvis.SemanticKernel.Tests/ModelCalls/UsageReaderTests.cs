using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>Money and tokens in every spelling. What is no number is unknown, never zero and never a guess.</summary>
public class UsageReaderTests
{
    [Theory]
    [InlineData("0.004896", "0.004896")]
    [InlineData("0", "0")]
    [InlineData("4.14e-05", "0.0000414")]
    [InlineData("4e-9", "0.000000004")]
    [InlineData("1E2", "100")]
    [InlineData("0.0076509169000000005", "0.0076509169000000005")]
    [InlineData("0.1234567890123456789", "0.1234567890123456789")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("\"0.5\"", "0.5")]
    [InlineData("\"5e-1\"", "0.5")]
    [InlineData("-0.5", null)]
    [InlineData("\"-0.5\"", null)]
    [InlineData("1e30", null)]
    [InlineData("1e400", null)]
    [InlineData("\"free\"", null)]
    [InlineData("\"0,5\"", null)]
    [InlineData("\"NaN\"", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[0.5]", null)]
    [InlineData("""{"usd":0.5}""", null)]
    public void Cost_InEverySpelling_IsExactOrUnknown(string cost, string? expected) => Assert.Equal(Money(expected), Read($$"""{"cost":{{cost}} }""")!.CostUsd);

    [Fact]
    public void Cost_ThatIsMissing_IsUnknown() => Assert.Equal(new ModelCallUsage(1, 2, null, null, null), Read("""{"prompt_tokens":1,"completion_tokens":2}"""));

    [Theory]
    [InlineData("0.01", "true", "0.2", "0.21")]
    [InlineData("0", "true", "0.0003253", "0.0003253")]
    [InlineData("0.5", "false", "0.5", "0.5")]
    [InlineData("0.5", "null", "0.4", "0.5")]
    [InlineData("0.5", "\"true\"", "0.4", "0.5")]
    [InlineData("0", "true", "null", null)]
    [InlineData("0", "true", "-1", null)]
    [InlineData("null", "true", "0.2", null)]
    [InlineData("-1", "true", "2", null)]
    [InlineData("79228162514264337593543950335", "true", "79228162514264337593543950335", null)]
    public void Cost_WithAKeyOfOnesOwn_IsFeePlusUpstream(string cost, string isByok, string upstream, string? expected)
    {
        Assert.Equal(Money(expected), Read($$"""{"cost":{{cost}},"is_byok":{{isByok}},"cost_details":{"upstream_inference_cost":{{upstream}} } }""")!.CostUsd);
        Assert.Equal(Money(expected), Read($$"""{"cost_details":{"upstream_inference_cost":{{upstream}} },"is_byok":{{isByok}},"cost":{{cost}} }""")!.CostUsd);
    }

    [Fact]
    public void Cost_WithoutIsByok_IsTheCostAlone() =>
        Assert.Equal(0.0145476m, Read("""{"cost":0.0145476,"cost_details":{"upstream_inference_cost":0.0001776}}""")!.CostUsd);

    [Theory]
    [InlineData("12", 12)]
    [InlineData("\"12\"", 12)]
    [InlineData("12.0", 12)]
    [InlineData("1.2e1", 12)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", null)]
    [InlineData("12.5", null)]
    [InlineData("-12", null)]
    [InlineData("\"many\"", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    public void Tokens_InEverySpelling_AreACountOrUnknown(string tokens, int? expected) => Assert.Equal(
        new ModelCallUsage(expected, expected, expected, expected, 0.5m),
        Read(
            """
            {"prompt_tokens":N,"completion_tokens":N,"cost":0.5,"prompt_tokens_details":{"x":[1],"cached_tokens":N},
             "completion_tokens_details":{"reasoning_tokens":N,"y":{}}}
            """.Replace("N", tokens, StringComparison.Ordinal)));

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("12")]
    public void Usage_ThatIsNoObject_IsUnknown(string usage) => Assert.Null(Read(usage));

    [Fact]
    public void Usage_RepeatedInLaterEvents_IsTheLast()
    {
        var facts = new AnswerFacts();
        foreach (string usage in new[] { """{"prompt_tokens":9,"completion_tokens":1,"cost":0.1}""", "null", """{"prompt_tokens":9,"completion_tokens":7,"cost":0.7}""", "null" })
        {
            Assert.True(AnswerReader.TryRead(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}},"choices":[{}]}"""), facts));
        }

        Assert.Equal(new ModelCallUsage(9, 7, null, null, 0.7m), facts.ToUsage());
    }

    [Theory]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":7}""")]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":null,"cost":null,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null}}""")]
    [InlineData("""{"cost":-1,"prompt_tokens_details":{}}""")]
    public void Usage_OfALaterEventThatKnowsLess_DoesNotEraseWhatIsKnown(string later)
    {
        var facts = new AnswerFacts();
        const string First = """{"prompt_tokens":9,"completion_tokens":7,"cost":0.25,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}""";
        foreach (string usage in new[] { First, later })
        {
            Assert.True(AnswerReader.TryRead(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}},"choices":[{}]}"""), facts));
        }

        Assert.Equal(new ModelCallUsage(9, 7, 3, 2, 0.25m), facts.ToUsage());
    }

    [Theory]
    [InlineData("""{"prompt_tokens":1}""", null, 0)]
    [InlineData("""{"is_byok":false}""", true, 0)]
    [InlineData("""{"is_byok":true}""", false, 0)]
    [InlineData("""{"is_byok":null}""", null, 0)]
    [InlineData("""{"is_byok":"false"}""", null, 0)]
    [InlineData("""{"is_byok":false,"prompt_tokens_details":{"cache_write_tokens":7,"audio_tokens":0,"video_tokens":0},"completion_tokens_details":{"image_tokens":0}}""", true, 7)]
    [InlineData("""{"is_byok":false,"prompt_tokens_details":{"audio_tokens":1}}""", false, 0)]
    [InlineData("""{"is_byok":false,"prompt_tokens_details":{"video_tokens":1}}""", false, 0)]
    [InlineData("""{"is_byok":false,"completion_tokens_details":{"image_tokens":1}}""", false, 0)]
    [InlineData("""{"is_byok":false,"server_tool_use_details":{"web_search_requests":0,"tool_calls_executed":0}}""", true, 0)]
    [InlineData("""{"is_byok":false,"server_tool_use_details":{"web_search_requests":0,"tool_calls_executed":1}}""", false, 0)]
    [InlineData("""{"server_tool_use":{"web_search_requests":2}}""", false, 0)]
    [InlineData("""{"is_byok":false,"server_tool_use_details":null}""", true, 0)]
    [InlineData("""{"is_byok":false,"server_tool_use_details":{"a":{"b":[1]},"web_search_requests":"3"}}""", false, 0)]
    public void Charges_BeyondTokens_AreNoticed(string usage, bool? isPricedByTokens, int cacheWrites)
    {
        var facts = new AnswerFacts();
        Assert.True(AnswerReader.TryRead(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}},"choices":[{}]}"""), facts));

        Assert.Equal((isPricedByTokens, cacheWrites), (facts.IsPricedByTokens, facts.CacheWriteTokens ?? 0));
    }

    private static decimal? Money(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    private static ModelCallUsage? Read(string usage)
    {
        var facts = new AnswerFacts();
        Assert.True(AnswerReader.TryRead(Encoding.UTF8.GetBytes($$"""{"usage":{{usage}},"choices":[{}]}"""), facts));
        return facts.ToUsage();
    }
}
