using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

public class AnswerReaderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void TryRead_MembersOfOtherKindsThanExpected_AreUnknown()
    {
        var facts = new AnswerFacts();

        Assert.True(AnswerReader.TryRead("""{"id":1,"model":{"a":1},"provider":[],"choices":[1,"x",[],{"finish_reason":7}],"usage":"none"}"""u8, facts));
        Assert.Equal((null, null, null, true, false), (facts.Id, facts.Model, facts.Provider, facts.HasChoices, facts.IsError));
    }

    [Fact]
    public void TryRead_EscapedNamesAndValues_AreRead()
    {
        var facts = new AnswerFacts();

        Assert.True(AnswerReader.TryRead("""{"i\u0064":"gen\u002d1","\u006dodel":"mod\u00e8le \ud83d\ude00"}"""u8, facts));
        Assert.Equal(("gen-1", "modèle 😀"), (facts.Id, facts.Model));
    }

    [Fact]
    public void TryRead_HalfASurrogatePairInAName_IsAnotherName()
    {
        var facts = new AnswerFacts();

        Assert.True(AnswerReader.TryRead(
            """{"mo\ud83d":"a","model":"b","choices":[{"e\ud83d":1,"finish_reason":"err\ud83d"}],"usage":{"c\ud83dost":2,"cost":1},"error":{"me\ud83d":1,"message":"x"}}"""u8, facts));
        Assert.Equal(("b", false, 1m, "x"), (facts.Model, facts.FinishedWithError, facts.CostUsd, facts.Error?.Message));
    }

    [Theory]
    [InlineData("""{"model":"\ud83d"}""")]
    [InlineData("""{"id":"gen-1"} {"id":"gen-2"}""")]
    [InlineData("""{"id":"gen-1",}""")]
    [InlineData("""{'id':'gen-1'}""")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("42")]
    public void TryRead_WhatIsNotOneObject_IsFalse(string json) => Assert.False(AnswerReader.TryRead(Encoding.UTF8.GetBytes(json), new AnswerFacts()));

    [Fact]
    public void TryRead_BrokenUtf8InAName_IsFalse() =>
        Assert.False(AnswerReader.TryRead([.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8], new AnswerFacts()));

    [Fact]
    public async Task Body_OfTenMegabytes_IsReadAndPassedUnchanged()
    {
        byte[] body = [.. "{\"id\":\"gen-1\",\"choices\":[{\"message\":{\"content\":\""u8, .. Enumerable.Repeat((byte)'x', 10 * 1024 * 1024), .. "\"}}],\"usage\":{\"cost\":0.25}}"u8];
        using var call = InMemoryCall.OfBody(body);
        WireResult result = await call.RunAsync(Ct);

        Assert.True(body.AsSpan().SequenceEqual(result.Delivered));
        Assert.Equal(new ExpectedCall(AiCallStatus.Ok, 200, "gen-1", CostUsd: 0.25m), result.Call);
    }

    [Fact]
    public async Task Stream_WithUsageBeforeTheLastContent_IsReadWhole()
    {
        const string events =
            "data: {\"id\":\"gen-1\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"cost\":0.1}}\n\n"
            + "data: {\"id\":\"gen-1\",\"choices\":[{\"delta\":{\"content\":\"b\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"cost\":0.2}}\n\n"
            + "data: {\"id\":\"gen-1\",\"choices\":[{\"delta\":{\"content\":\"c\"}}]}\n\n"
            + "data: [DONE]\n\n";
        using var call = InMemoryCall.OfStream(events);
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(events, result.Text);
        Assert.Equal(new ExpectedCall(AiCallStatus.Ok, 200, "gen-1", Prompt: 1, Completion: 2, CostUsd: 0.2m), result.Call);
    }
}
