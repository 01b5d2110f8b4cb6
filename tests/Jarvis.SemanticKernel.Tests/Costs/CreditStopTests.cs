using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>The kill switch is activated when less is left than the second threshold.</summary>
public sealed class CreditStopTests : CreditTests
{
    [Fact]
    public async Task WindsDownOncePerFall_AndNotAgainAfterTheOperatorReleased()
    {
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(options => options.Credits.StopBelowUsd = 1m);
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        Watch.Left = 0.75m;
        await monitor.CheckAsync(Ct);

        KillSwitchState state = await jarvis.KillSwitch.GetStateAsync(Ct);
        Assert.True(state.IsActive);
        Assert.Contains("Only 0.75 USD are left", state.Reason, StringComparison.Ordinal);
        Assert.Equal(CreditNoticeKind.Stopped, (await Watch.Notices.NextAsync()).Kind);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct));

        await jarvis.Operator.DeactivateAsync("I know", "me", cancellationToken: Ct);
        Watch.Clock.Advance(TimeSpan.FromMinutes(5));
        await monitor.CheckAsync(Ct);
        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);

        foreach (decimal left in (decimal[])[8m, 0.5m])
        {
            Watch.Left = left;
            Watch.Clock.Advance(TimeSpan.FromMinutes(5));
            await monitor.CheckAsync(Ct);
        }

        Assert.True((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
    }

    [Fact]
    public async Task AnotherProcessOrTheNextOne_DoesNotOverruleTheOperatorEither()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness first = await Watch.StartProcessAsync(OnOneDatabase);
        await using JarvisHarness beside = await Watch.StartProcessAsync(OnOneDatabase);
        ICreditMonitor neighbour = beside.Services.GetRequiredService<ICreditMonitor>();
        Watch.Left = 8m;
        await neighbour.CheckAsync(Ct);
        Watch.Clock.Advance(TimeSpan.FromMinutes(5));
        Watch.Left = 0.75m;
        await first.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);
        Assert.True((await first.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Stopped, (await Watch.Notices.NextAsync()).Kind);
        await first.Operator.DeactivateAsync("I know", "me", cancellationToken: Ct);

        Watch.Clock.Advance(TimeSpan.FromMinutes(5));
        await neighbour.CheckAsync(Ct);
        await using JarvisHarness next = await Watch.StartProcessAsync(OnOneDatabase);
        Watch.Clock.Advance(TimeSpan.FromMinutes(5));
        await next.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        Assert.False((await next.KillSwitch.GetStateAsync(Ct)).IsActive);

        // Enough again, whoever saw it, and then another fall.
        foreach (decimal left in (decimal[])[8m, 0.5m])
        {
            Watch.Left = left;
            Watch.Clock.Advance(TimeSpan.FromMinutes(5));
            await (left > 1m ? neighbour : next.Services.GetRequiredService<ICreditMonitor>()).CheckAsync(Ct);
        }

        Assert.True((await next.KillSwitch.GetStateAsync(Ct)).IsActive);
        CreditNotice[] later = [await Watch.Notices.NextAsync(), await Watch.Notices.NextAsync()];
        Assert.Equal([CreditNoticeKind.Stopped, CreditNoticeKind.Recovered], later.Select(notice => notice.Kind).Order());
        Assert.Equal(3, Watch.Notices.All.Count());

        void OnOneDatabase(JarvisRoutingOptions options) => (options.Database, options.Credits.StopBelowUsd) = (database.Setting, 1m);
    }

    [Fact]
    public async Task RecordThatCannotBeWritten_TheStopIsSaidAllTheSame()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(options => (options.Database, options.Credits.StopBelowUsd) = (database.Setting, 1m));
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        await database.ExecuteAsync("CREATE TRIGGER refuses BEFORE INSERT ON jarvis_balances BEGIN SELECT raise(ABORT, 'no'); END");

        await Assert.ThrowsAnyAsync<Exception>(() => Watch.CheckAsync(jarvis, 0, 0.75m));

        Assert.True((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Stopped, (await Watch.Notices.NextAsync()).Kind);
        Assert.Single(Watch.Logs, log => log.Message.Contains("The kill switch is activated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SwitchThatCannotBeWritten_IsTriedAgainWithTheNextReading()
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await Watch.StartProcessAsync(options => (options.Database, options.Credits.StopBelowUsd) = (database.Setting, 1m));
        ICreditMonitor monitor = jarvis.Services.GetRequiredService<ICreditMonitor>();
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        await database.ExecuteAsync("CREATE TRIGGER refuses BEFORE INSERT ON agent_state BEGIN SELECT raise(ABORT, 'no'); END");
        Watch.Left = 0.75m;
        await monitor.CheckAsync(Ct);

        Assert.False((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Low, (await Watch.Notices.NextAsync()).Kind);
        Assert.Single(Watch.Logs, log => log.Level == LogLevel.Error && log.Message.Contains("could not be activated for want of credits", StringComparison.Ordinal));

        await database.ExecuteAsync("DROP TRIGGER refuses");
        Watch.Clock.Advance(TimeSpan.FromMinutes(5));
        await monitor.CheckAsync(Ct);

        Assert.True((await jarvis.KillSwitch.GetStateAsync(Ct)).IsActive);
        Assert.Equal(CreditNoticeKind.Stopped, (await Watch.Notices.NextAsync()).Kind);
    }
}
