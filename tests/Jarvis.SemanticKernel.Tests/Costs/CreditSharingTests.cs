using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>Many processes watch one key: people are told once.</summary>
public sealed class CreditSharingTests : CreditTests
{
    private readonly SqliteTestDatabase _database = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Warning_IsBroughtOnceAnHour_WhoeverSeesIt_AlsoAfterARestart_AndSoIsTheEndOfIt()
    {
        await using JarvisHarness beside = await Watch.StartProcessAsync(OnOneDatabase);
        await using (JarvisHarness first = await Watch.StartProcessAsync(OnOneDatabase))
        {
            await Watch.CheckAsync(first, 0, 4m);
            await Watch.CheckAsync(beside, 1, 3m);
        }

        await using JarvisHarness next = await Watch.StartProcessAsync(OnOneDatabase);
        await Watch.CheckAsync(next, 1, 2m);
        await Watch.CheckAsync(beside, 57, 1m);
        await Watch.CheckAsync(next, 1, 0.5m);
        await Watch.CheckAsync(beside, 1, 0.25m);
        await Watch.CheckAsync(next, 1, 8m);
        await Watch.CheckAsync(beside, 1, 9m);

        CreditNotice[] brought = [await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync()];
        Assert.Equal(
            [(CreditNoticeKind.Low, 0.5m), (CreditNoticeKind.Low, 4m), (CreditNoticeKind.Recovered, 8m)],
            brought.Select(notice => (notice.Kind, notice.Reading.RemainingUsd!.Value)).OrderBy(notice => notice.Item2));
        Assert.Equal(3, Watch.Notices.All.Count());
    }

    [Fact]
    public async Task LogAndEvent_AreEachProcesssOwn()
    {
        await using JarvisHarness first = await Watch.StartProcessAsync(OnOneDatabase);
        await using JarvisHarness second = await Watch.StartProcessAsync(OnOneDatabase);
        List<string> events = [];
        first.Services.GetRequiredService<ICreditMonitor>().Noticed += (_, noticed) => events.Add($"first {noticed.Notice.Kind}");
        second.Services.GetRequiredService<ICreditMonitor>().Noticed += (_, noticed) => events.Add($"second {noticed.Notice.Kind}");

        await Watch.CheckAsync(first, 0, 4m);
        await Watch.CheckAsync(second, 1, 3m);
        await Watch.CheckAsync(second, 1, 8m);
        await Watch.CheckAsync(first, 1, 9m);

        Assert.Equal(["first Low", "second Low", "second Recovered", "first Recovered"], events);
        Assert.Equal(2, Watch.Logs.Count(log => log.Level == LogLevel.Warning && log.Message.Contains("USD are left", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ProcessThatTellsNobody_TakesNoWarningFromOneThatDoes()
    {
        await using JarvisHarness mute = await Watch.StartProcessAsync(OnOneDatabase, register: services =>
        {
            foreach (ServiceDescriptor notifier in services.Where(service => service.ServiceType == typeof(IOperatorNotifier) && service.ImplementationInstance == Watch.Notices).ToArray())
            {
                services.Remove(notifier);
            }
        });
        await using JarvisHarness loud = await Watch.StartProcessAsync(OnOneDatabase);

        await Watch.CheckAsync(mute, 0, 4m);
        await Watch.CheckAsync(loud, 1, 3m);

        Assert.Equal(3m, (await Watch.Notices.NextAsync()).Reading.RemainingUsd);
    }

    private void OnOneDatabase(JarvisRoutingOptions options) => options.Database = _database.Setting;
}
