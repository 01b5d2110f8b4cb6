using System.Net;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>An endpoint that refuses or does not answer is asked ever more seldom, and never against its word.</summary>
public sealed class ReconciliationFailureTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.PaymentRequired)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(null)]
    public async Task Failure_KeepsAllCallsWaitingLongerAndLonger(HttpStatusCode? status)
    {
        using WorkerUnderTest test = new();
        List<double> askedAt = [];
        DateTimeOffset start = test.Clock.GetUtcNow();
        test.Api.OnGeneration = _ =>
        {
            askedAt.Add((test.Clock.GetUtcNow() - start).TotalSeconds);
            throw new ApiFailureException("no", status);
        };
        for (int i = 0; i < 50; i++)
        {
            test.Worker.Add(test.Call($"gen-{i}"));
        }

        for (int i = 0; i < 300; i++)
        {
            await test.AdvanceAsync(Second);
        }

        // One question a pause, however many calls wait; all are left when their time is over.
        Assert.Equal([2, 4, 8, 16, 32, 62, 92, 122], askedAt);
        Assert.Equal("What 50 calls cost is still unknown. The next process asks about them again, and 'jarvis costs reconcile' does.", Last(test, level: 3061));
    }

    [Fact]
    public async Task Failure_ThenAnswers_SettlesAll()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => test.Api.Asked <= 3 ? throw new ApiFailureException("HTTP 500", HttpStatusCode.InternalServerError) : Task.FromResult<Generation?>(FakeOpenRouterApi.Row(0.25m));
        for (int i = 0; i < 10; i++)
        {
            test.Worker.Add(test.Call($"gen-{i}"));
        }

        for (int i = 0; i < 30; i++)
        {
            await test.AdvanceAsync(Second);
        }

        Assert.Equal(10, test.Records.Corrections.Select(correction => correction.CallId).Distinct().Count());
        Assert.Equal("10 calls whose answers had named no cost cost 2.50 USD.", Last(test, level: 3060));
    }

    [Fact]
    public async Task RetryAfter_IsKept()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => test.Api.Asked == 1
            ? throw new ApiFailureException("HTTP 429", HttpStatusCode.TooManyRequests, 45 * Second)
            : Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));
        test.Worker.Add(test.Call("gen-1"));
        test.Worker.Add(test.Call("gen-2"));

        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(45 * Second - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, test.Api.Asked);
        await test.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        Assert.Equal(3, test.Api.Asked);
        Assert.Equal(2, test.Records.Corrections.Count);
    }

    [Fact]
    public async Task RetryAfter_BeyondTheTimeOfACall_LeavesAllToTheNextProcess()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => throw new ApiFailureException("HTTP 503", HttpStatusCode.ServiceUnavailable, TimeSpan.FromDays(20_000));
        test.Worker.Add(test.Call("gen-1"));
        test.Worker.Add(test.Call("gen-2"));

        await test.AdvanceAsync(2 * Second);
        test.Worker.Add(test.Call("gen-3"));
        await test.AdvanceAsync(TimeSpan.FromHours(5));

        Assert.Equal(1, test.Api.Asked);
        Assert.Equal([2, 1], test.Logs.GetSnapshot().Where(line => line.Id.Id == 3061).Select(line => int.Parse(line.GetStructuredStateValue("Calls")!, null)));
    }

    [Fact]
    public async Task Failure_SaysWhatIsWrongAndNothingElse()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => test.Api.Asked == 1 ? throw new ApiFailureException("HTTP 502") : throw new InvalidOperationException("of a driver: secret");
        test.Worker.Add(test.Call());

        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(4 * Second);

        Assert.Equal(["HTTP 502.", "InvalidOperationException."], test.Logs.GetSnapshot().Where(line => line.Id.Id == 3062).Select(line => line.Message.Split(": ")[^1]).ToArray());
        Assert.All(test.Logs.GetSnapshot(), line => Assert.Null(line.Exception));
    }

    private static string Last(WorkerUnderTest test, int level) => test.Logs.GetSnapshot().Last(line => line.Id.Id == level).Message;
}
