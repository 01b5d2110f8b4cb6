using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.Tests.Architecture;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls.Failures;

/// <summary>Each cause has its exception, whichever way the upstream tells it.</summary>
public class ModelCallFailureTests
{
    private static readonly Dictionary<string, Type> Exceptions = new Type[]
    {
        typeof(ModelCallException), typeof(KeyRefusedException), typeof(CreditsExhaustedException), typeof(KeyLimitExceededException), typeof(ModerationException),
        typeof(NoEndpointException), typeof(ModelGoneException), typeof(RateLimitedException), typeof(ProviderUnavailableException), typeof(ContextLengthExceededException),
    }.ToDictionary(type => type.Name);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The tables of the page: which word, in which member, is which exception.</summary>
    public static TheoryData<string, string, string> Words => [.. ReadPage()];

    public static TheoryData<string, Type> Samples => new()
    {
        { "20-error-400-invalid-model.json", typeof(ModelGoneException) },
        { "22-error-401-missing-header.json", typeof(KeyRefusedException) },
        { "24-error-402-insufficient-for-max-tokens.json", typeof(CreditsExhaustedException) },
        { "26-error-402-in-flight-budget.json", typeof(RateLimitedException) },
        { "29-error-403-key-limit-exhausted.json", typeof(KeyLimitExceededException) },
        { "30-error-403-moderation.json", typeof(ModerationException) },
        { "36-error-429-provider-raw-string.json", typeof(RateLimitedException) },
        { "38-error-429-free-tier-daily.json", typeof(RateLimitedException) },
        { "40-error-500-masked.json", typeof(ProviderUnavailableException) },
        { "41-error-502-provider-raw-object.json", typeof(ProviderUnavailableException) },
        { "42-error-503-no-provider.json", typeof(ProviderUnavailableException) },
        { "44-error-529-overloaded.json", typeof(ProviderUnavailableException) },
        { "50-midstream-error-documented.sse", typeof(ProviderUnavailableException) },
        { "52-stream-error-first-event.sse", typeof(RateLimitedException) },
        { "54-200-error-body.json", typeof(ProviderUnavailableException) },
    };

    [Fact]
    public void Page_NamesEveryWordOfTheUpstream()
    {
        // The 27 types and 11 availability codes of OpenRouter's description, the limits of its documents, and the codes that it sends.
        ILookup<string, string> words = ReadPage().Select(row => row.Data).ToLookup(row => row.Item1, row => row.Item2);

        Assert.Equal((27, 11, 7, 16), (words["error_type"].Count(), words["availability"].Count(), words["limit_source"].Count(), words["code"].Count()));
        Assert.All(words, group => Assert.Distinct(group));
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Word_InARefusal_IsItsException(string member, string word, string exception)
    {
        // A status that says nothing by itself, so that the word decides.
        int status = member == "code" ? int.Parse(word, CultureInfo.InvariantCulture) : 418;

        ModelCallException failure = await FailAsync(Refusal(status, Error(member, word, status)), isStream: false);

        Assert.IsType(Exceptions[exception], failure);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task Word_InARunningStream_IsItsException(string member, string word, string exception)
    {
        string error = Error(member, word, member == "code" ? int.Parse(word, CultureInfo.InvariantCulture) : 418);
        string events =
            $$$"""
            data: {"id":"gen-7","choices":[{"index":0,"delta":{"content":"Two steps"}}]}

            data: {"id":"gen-7","error":{{{error}}},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}


            """;

        ModelCallException failure = await FailAsync(() => InMemoryCall.OfStream(events));

        Assert.IsType(Exceptions[exception], failure);
        Assert.Equal("gen-7", failure.GenerationId);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_IsItsException(string name, Type exception)
    {
        var sample = Sample.Load(name);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Resilience.MaxRetries = 0);
        jarvis.Upstream.Enqueue(sample.Reply);

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), sample.IsStream, Ct);

        Assert.IsType(exception, failure);
        Assert.NotNull(failure.Error);
    }

    [Theory]
    [InlineData("Key limit exceeded (daily limit).", 403, typeof(KeyLimitExceededException))]
    [InlineData("This endpoint's maximum context length is 4096 tokens.", 400, typeof(ContextLengthExceededException))]
    [InlineData("Something else.", 403, typeof(ModelCallException))]
    [InlineData("Something else.", 400, typeof(ModelCallException))]
    public async Task Message_OfAnUpstreamWithoutWords_IsItsException(string message, int code, Type exception) =>
        Assert.IsType(exception, await FailAsync(Refusal(code, $$"""{"code":{{code}},"message":"{{message}}"}"""), isStream: false));

    [Theory]
    [InlineData(418, """{"code":402,"metadata":{"limit_source":"openrouter_key_limit","error_type":"payment_required"}}""", typeof(KeyLimitExceededException))]
    [InlineData(418, """{"code":404,"metadata":{"error_type":"not_found"},"availability":{"code":"model_deprecated"}}""", typeof(ModelGoneException))]
    [InlineData(418, """{"code":403,"metadata":{"error_type":"permission_denied","flagged_input":"x"}}""", typeof(KeyRefusedException))]
    [InlineData(403, """{"code":403,"metadata":{"patterns":["x"]}}""", typeof(ModerationException))]
    [InlineData(403, """{"code":403,"metadata":{"flagged_input":"x"}}""", typeof(ModerationException))]
    [InlineData(400, """{"code":400,"metadata":{"error_type":"a_word_of_tomorrow"}}""", typeof(ModelCallException))]
    [InlineData(503, """{"code":503,"metadata":{"error_type":"a_word_of_tomorrow"}}""", typeof(ProviderUnavailableException))]
    public async Task Words_ThatDisagree_AreReadInTheirOrder(int status, string error, Type exception) =>
        Assert.IsType(exception, await FailAsync(Refusal(status, error), isStream: false));

    [Fact]
    public async Task RateLimited_SaysWhenToTryAgain()
    {
        var time = new FakeTimeProvider(ExpectedCalls.Now);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            configure: options => options.Resilience.MaxRetries = 0, register: services => services.AddSingleton<TimeProvider>(time));
        jarvis.Upstream.Enqueue(Sample.Load("36-error-429-provider-raw-string.json").Reply);

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.Equal(ExpectedCalls.Now.AddSeconds(11), Assert.IsType<RateLimitedException>(failure).RetryAt);
        Assert.EndsWith("Try again in 11 s.", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RateLimited_UntilTheEndOfTheCalendar_IsAnExceptionLikeAnyOther()
    {
        HttpResponseMessage Answer()
        {
            HttpResponseMessage refusal = Refusal(429, """{"code":429}""")();
            refusal.Headers.TryAddWithoutValidation("X-RateLimit-Reset", "253402300799999");
            return refusal;
        }

        // Whether the sum still fits depends on how long the call took.
        Assert.True(Assert.IsType<RateLimitedException>(await FailAsync(Answer, isStream: false)).RetryAt is null or { Year: 9999 });
    }

    [Fact]
    public async Task Upstream_OutOfReach_IsAProviderThatIsUnavailable()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options =>
        {
            options.Endpoint = new Uri("http://127.0.0.1:1/api/v1");
            options.Resilience.MaxRetries = 0;
        });

        (_, ModelCallException? failure) = await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: false, Ct);

        Assert.IsType<ProviderUnavailableException>(failure);
    }

    private static string Error(string member, string word, int code) => member switch
    {
        "availability" => $$$"""{"code":{{{code}}},"message":"no","availability":{"code":"{{{word}}}"}}""",
        "code" => $$"""{"code":{{code}},"message":"no"}""",
        _ => $$$"""{"code":{{{code}}},"message":"no","metadata":{"{{{member}}}":"{{{word}}}"}}""",
    };

    private static Func<HttpResponseMessage> Refusal(int status, string error) =>
        () => InMemoryCall.Answer(new ByteArrayContent(Encoding.UTF8.GetBytes($$$"""{"error":{{{error}}}}""")), "application/json", status);

    private static Task<ModelCallException> FailAsync(Func<HttpResponseMessage> answer, bool isStream) =>
        FailAsync(() => new InMemoryCall(isStream, _ => Task.FromResult(answer())));

    private static async Task<ModelCallException> FailAsync(Func<InMemoryCall> start)
    {
        using InMemoryCall call = start();
        WireResult result = await call.RunAsync(Ct);
        return result.Refused;
    }

    private static IEnumerable<TheoryDataRow<string, string, string>> ReadPage()
    {
        string member = "";
        foreach (string line in Repository.Read("docs/errors.md").Split('\n'))
        {
            string[] cells = [.. line.Split('|', StringSplitOptions.TrimEntries)];
            if (cells is ["", ['`', .., '`'] head, "exception", ..])
            {
                member = head.Trim('`');
            }
            else if (member.Length > 0 && cells is ["", ['`', ..] words, ['`', .., '`'] exception, ..])
            {
                foreach (string word in words.Split(", "))
                {
                    yield return new(member, word.Trim('`'), exception.Trim('`'));
                }
            }
            else if (cells.Length == 1)
            {
                member = "";
            }
        }
    }
}
