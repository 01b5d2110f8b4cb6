using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.OpenRouter;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>When the endpoint is asked about a call, and when it is not, in virtual time.</summary>
public sealed class ReconciliationWorkerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task RowThatNeverComes_IsAskedAboutInGrowingWaitsAndLeft()
    {
        using WorkerUnderTest test = new();
        List<double> askedAt = [];
        DateTimeOffset start = test.Clock.GetUtcNow();
        test.Api.OnGeneration = _ =>
        {
            askedAt.Add((test.Clock.GetUtcNow() - start).TotalSeconds);
            return Task.FromResult<Generation?>(null);
        };
        test.Worker.Add(test.Call());

        for (int i = 0; i < 200; i++)
        {
            await test.AdvanceAsync(Second);
        }

        await test.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.Equal([2, 6, 14, 30, 60, 90, 120], askedAt);
        Assert.Empty(test.Records.Corrections);
        Assert.Equal("What 1 calls cost is still unknown. The next process asks about them again, and 'jarvis costs reconcile' does.", Assert.Single(test.Logs.GetSnapshot()).Message);
    }

    [Fact]
    public async Task CallOfAnEarlierProcess_IsAskedAboutAtOnce()
    {
        using WorkerUnderTest test = new();
        UnresolvedCall call = test.Call();
        test.Clock.Advance(TimeSpan.FromHours(3));

        test.Worker.Add(call);
        await test.AdvanceAsync(TimeSpan.Zero);

        Assert.Equal(1, test.Api.Asked);
    }

    [Fact]
    public async Task CallAddedTwice_IsAskedAboutOnce()
    {
        using WorkerUnderTest test = new();
        UnresolvedCall call = test.Call();

        test.Worker.Add(call);
        test.Worker.Add(call with { });
        await test.AdvanceAsync(2 * Second);

        Assert.Equal(1, test.Api.Asked);
    }

    [Fact]
    public async Task RecordThatBecomesDurable_IsAskedAboutWhoeverAppendsIt()
    {
        using WorkerUnderTest test = new();
        await using UnresolvedCallWatch watch = new(new FakeAiCallStore { OnCommit = _ => null }, test.Inquiry, test.Worker);
        AiCallRecord orphan = Storage.Records.Unbilled() with { StartedAt = test.Clock.GetUtcNow(), Latency = TimeSpan.Zero };
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));

        await watch.AppendAsync(
            [Storage.Records.Billed(), orphan, Storage.Records.Unbilled() with { GenerationId = null }, Storage.Records.Unbilled() with { GenerationId = "chatcmpl-1" }],
            CancellationToken.None);
        await test.AdvanceAsync(2 * Second);

        Assert.Equal(orphan.CallId, Assert.Single(test.Records.Corrections).CallId);
        Assert.Equal(1, test.Api.Asked);
    }

    [Fact]
    public async Task CallAddedWhileAnotherOneWaitsLong_IsAskedAboutInItsOwnTime()
    {
        using WorkerUnderTest test = new();
        List<string> asked = [];
        test.Api.OnGeneration = id =>
        {
            asked.Add(id);
            return Task.FromResult<Generation?>(null);
        };
        test.Worker.Add(test.Call("gen-old"));
        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(4 * Second);
        test.Worker.Add(test.Call("gen-new"));

        await test.AdvanceAsync(2 * Second);

        Assert.Equal(["gen-old", "gen-old", "gen-new"], asked);
    }

    [Fact]
    public async Task ManyCalls_AreAskedAboutOneAtATime()
    {
        using WorkerUnderTest test = new();
        using SemaphoreSlim answers = new(0);
        int running = 0;
        int most = 0;
        test.Api.OnGeneration = async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await answers.WaitAsync(TestContext.Current.CancellationToken);
            Interlocked.Decrement(ref running);
            return FakeOpenRouterApi.Row(1m);
        };
        for (int i = 0; i < 5; i++)
        {
            test.Worker.Add(test.Call($"gen-{i}"));
        }

        test.Clock.Advance(2 * Second);
        test.Clock.Advance(Second);
        answers.Release(5);
        await test.AdvanceAsync(Second);

        Assert.Equal(5, test.Records.Corrections.Count);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task GiveUpAtOnce_AsksOnce()
    {
        using WorkerUnderTest test = new(options => options.GiveUpAfter = TimeSpan.Zero);
        test.Worker.Add(test.Call());

        await test.AdvanceAsync(2 * Second);
        await test.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Equal(1, test.Api.Asked);
        Assert.Single(test.Logs.GetSnapshot());
    }

    [Fact]
    public async Task DatabaseThatFails_IsTriedAgain()
    {
        using WorkerUnderTest test = new();
        test.Api.OnGeneration = _ => Task.FromResult<Generation?>(FakeOpenRouterApi.Row(1m));
        test.Records.OnCorrection = _ => test.Api.Asked < 3 ? throw new TimeoutException() : true;
        test.Worker.Add(test.Call());

        await test.ToTheEndAsync();

        Assert.Single(test.Records.Corrections);
    }

    [Fact]
    public async Task Disposed_AsksNobodyAnyMore()
    {
        using WorkerUnderTest test = new();
        test.Worker.Add(test.Call());
        test.Worker.Dispose();

        await test.ToTheEndAsync();
        test.Worker.Add(test.Call("gen-2"));
        await test.ToTheEndAsync();

        Assert.Equal(0, test.Api.Asked);
    }

    [Fact]
    public async Task SwitchedOff_NeitherAsksNorLooks()
    {
        using WorkerUnderTest test = new(options => options.IsEnabled = false);
        test.Worker.PickUp();
        test.Worker.Add(test.Call());

        await test.ToTheEndAsync();

        Assert.Equal((0, 0), (test.Api.Asked, test.Records.Reads));
    }

    [Fact]
    public async Task Question_IsNotInTheScopeOfWhoeverWasFirst()
    {
        AsyncLocal<string> ambient = new() { Value = "of the test" };
        using WorkerUnderTest test = new();
        string? seen = "nothing";
        test.Api.OnGeneration = _ =>
        {
            seen = ambient.Value;
            return Task.FromResult<Generation?>(null);
        };
        test.Worker.Add(test.Call());

        await test.AdvanceAsync(2 * Second);

        Assert.Null(seen);
    }
}
