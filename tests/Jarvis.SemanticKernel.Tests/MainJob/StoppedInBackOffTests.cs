using System.Net;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.MainJob;

public class StoppedInBackOffTests
{
    private static readonly TimeSpan LongerThanAnyTest = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("prompt", false)]
    [InlineData("prompt, streamed", false)]
    [InlineData("chat service", true)]
    [InlineData("chat service, streamed", true)]
    [InlineData("chat client", true)]
    [InlineData("chat client, streamed", false)]
    public async Task ActivatedDuringBackOff_WaitEndsAndRetryNeverLeaves(string name, bool isReleasedAgain)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Resilience.RetryDelay = LongerThanAnyTest);
        jarvis.Upstream.Enqueue(SimulatedReply.ServerError());
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await WaitForBackOffAsync(jarvis, database, 1);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        if (isReleasedAgain)
        {
            await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);
        }

        await AssertStoppedAsync(call);
        Assert.Equal(1, jarvis.Upstream.RequestCount);
        RecordedCall record = Assert.Single(await database.ReadCallsAsync());
        Assert.Equal(("error", 1), (record.Status, record.Attempt));
    }

    [Theory]
    [InlineData("chat service")]
    [InlineData("chat service, streamed")]
    public async Task ActivatedWhileAUsersFilterAnswersWithAFailure_TheCallerIsToldOfTheSwitch(string name)
    {
        IKillSwitch? killSwitch = null;
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: services => services.AddSingleton<IModelCallFilter>(new ModelCalls.DelegateFilter(async (context, _) =>
        {
            await killSwitch!.ActivateAsync("runaway", "test", cancellationToken: Ct);
            context.Response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("not now") };
        })));
        killSwitch = jarvis.KillSwitch;

        await AssertStoppedAsync(CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct));
    }

    [Fact]
    public async Task ActivatedDuringBackOffOfPromptInsideTool_WholeRunEnds()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Resilience.RetryDelay = LongerThanAnyTest);
        jarvis.Upstream.Enqueue(SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")), SimulatedReply.ServerError());
        CallRun run = new(jarvis) { OnToolAsync = (_, kernel) => kernel.InvokePromptAsync("nested", cancellationToken: Ct) };
        Task call = CallPath.Find("prompt, 1 rounds").RunAsync(run, Ct);
        await WaitForBackOffAsync(jarvis, database, 2);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("a mistake", "test", cancellationToken: Ct);

        await AssertStoppedAsync(call);
        Assert.Equal(2, jarvis.Upstream.RequestCount);
        Assert.Equal(["ok", "error"], (await database.ReadCallsAsync()).Select(record => record.Status));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("prompt, streamed")]
    [InlineData("chat service")]
    [InlineData("chat service, streamed")]
    public async Task ActivatedWhileAnswering_CallFinishes(string name)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        TaskCompletionSource mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        jarvis.Upstream.Enqueue(SimulatedReply.Text("an answer in quite a few pieces").PauseAfterChunk(0, mayGoOn.Task));
        Task call = CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct);
        await jarvis.Upstream.WaitForRequestsAsync(1, Ct);

        await jarvis.KillSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
        mayGoOn.SetResult();
        await call.WaitAsync(Ct);

        Assert.Equal(["ok"], (await database.ReadCallsAsync()).Select(record => record.Status));
    }

    [Theory]
    [InlineData("prompt")]
    [InlineData("chat service, streamed")]
    public async Task ActivatedByUsersFilter_NothingLeavesAndNothingIsRecorded(string name)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.Setting, register: services => services.AddSingleton<IModelCallFilter>(provider => new ActivatingFilter(provider.GetRequiredService<IKillSwitch>())));

        await AssertStoppedAsync(CallPath.Find(name).RunAsync(new CallRun(jarvis), Ct));

        Assert.Equal(0, jarvis.Upstream.RequestCount);
        Assert.Empty(await database.ReadCallsAsync());
    }

    private static async Task AssertStoppedAsync(Task call)
    {
        KillSwitchActiveException stopped = await Assert.ThrowsAsync<KillSwitchActiveException>(() => call.WaitAsync(LongerThanAnyTest / 2, Ct));
        Assert.Equal("runaway", stopped.State.Reason);
    }

    // The record is written before the attempt's end reaches the retry, so once it can be read nothing but the wait is left.
    private static async Task WaitForBackOffAsync(JarvisHarness jarvis, SqliteTestDatabase database, int requests)
    {
        await jarvis.Upstream.WaitForRequestsAsync(requests, Ct);
        await Eventually.TrueAsync(async () => (await database.ReadCallsAsync()).Count == requests, Ct);
    }

    private sealed class ActivatingFilter(IKillSwitch killSwitch) : IModelCallFilter
    {
        public async Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
        {
            await killSwitch.ActivateAsync("runaway", "test", cancellationToken: Ct);
            await next(context);
        }
    }
}
