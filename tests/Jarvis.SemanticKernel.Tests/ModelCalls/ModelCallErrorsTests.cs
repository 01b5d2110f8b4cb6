using System.Net;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What an error asks the caller to wait, and who is named.</summary>
public class ModelCallErrorsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("Retry-After", "0", 0)]
    [InlineData("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT", 0)]
    [InlineData("X-RateLimit-Reset", "1", 0)]
    [InlineData("X-RateLimit-Reset", "-5", null)]
    [InlineData("X-RateLimit-Reset", "soon", null)]
    [InlineData("X-RateLimit-Reset", "99999999999999999999", null)]
    public async Task RetryAfter_OfHeader_IsTheWait(string header, string value, int? seconds)
    {
        WireResult result = await FailAsync(header, value);

        Assert.Equal(seconds, (int?)result.Refused.Error!.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("X-RateLimit-Reset", "253402300799999")]
    public async Task RetryAfter_BeyondWhatAHeaderCanSay_IsAnErrorLikeAnyOther(string header, string value)
    {
        WireResult result = await FailAsync(header, value);

        Assert.True(result.Refused.Error!.RetryAfter > TimeSpan.FromDays(365));
        Assert.Equal(AiCallStatus.Error, result.Call.Status);
    }

    [Fact]
    public async Task ProviderName_ThatIsNoName_IsInNoRecord()
    {
        string prompt = new('x', 65);
        using var call = new InMemoryCall(false, _ => Task.FromResult(Refusal("{\"error\":{\"code\":429,\"metadata\":{\"provider_name\":\"" + prompt + "\"}}}")));
        WireResult result = await call.RunAsync(Ct);

        Assert.Equal(new ExpectedCall(AiCallStatus.Error, 429, Error: "code=429"), result.Call);
    }

    private static async Task<WireResult> FailAsync(string header, string value)
    {
        using var call = new InMemoryCall(false, _ =>
        {
            HttpResponseMessage response = Refusal("""{"error":{"code":429,"message":"slow down"}}""");
            Assert.True(response.Headers.TryAddWithoutValidation(header, value));
            return Task.FromResult(response);
        });
        return await call.RunAsync(Ct);
    }

    private static HttpResponseMessage Refusal(string json) => InMemoryCall.Answer(new StringContent(json), "application/json", (int)HttpStatusCode.TooManyRequests);
}
