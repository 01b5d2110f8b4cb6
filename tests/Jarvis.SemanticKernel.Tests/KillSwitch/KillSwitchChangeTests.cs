using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class KillSwitchChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string?, string?, string> Refused { get; } = new()
    {
        { null, "test", "reason" },
        { "", "test", "reason" },
        { " \t\n", "test", "reason" },
        { new string('r', 2001), "test", "reason" },
        { "a\0b", "test", "reason" },
        { "reason", null, "triggeredBy" },
        { "reason", " ", "triggeredBy" },
        { "reason", new string('t', 201), "triggeredBy" },
        { "reason", "a\0b", "triggeredBy" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task BadReasonOrName_RefusedAndNothingChanges(string? reason, string? triggeredBy, string parameter)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        ArgumentException refused = await Assert.ThrowsAnyAsync<ArgumentException>(() => jarvis.KillSwitch.ActivateAsync(reason!, triggeredBy!, cancellationToken: Ct));
        Assert.Equal(parameter, refused.ParamName);
        refused = await Assert.ThrowsAnyAsync<ArgumentException>(() => jarvis.Operator.DeactivateAsync(reason!, triggeredBy!, cancellationToken: Ct));
        Assert.Equal(parameter, refused.ParamName);

        Assert.Empty(await jarvis.KillSwitch.GetHistoryAsync(cancellationToken: Ct));
        await jarvis.KillSwitch.ThrowIfActiveAsync(Ct);
    }

    [Fact]
    public void LongestReasonAndName_AreAccepted() => KillSwitchChange.Validate(new string('r', 2000), new string('t', 200));

    [Fact]
    public async Task EveryChange_LeavesItsTraceNewestFirst()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();
        await jarvis.KillSwitch.ActivateAsync("one", "agent", cancellationToken: Ct);
        await jarvis.KillSwitch.ActivateAsync("two", "api", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("three", "cli", cancellationToken: Ct);
        await jarvis.Operator.DeactivateAsync("four", "cli", cancellationToken: Ct);

        IReadOnlyList<KillSwitchAuditEntry> history = await jarvis.KillSwitch.GetHistoryAsync(3, Ct);

        Assert.Equal(
            [("deactivate", "four", "cli"), ("deactivate", "three", "cli"), ("activate", "two", "api")],
            history.Select(entry => (entry.Action, entry.Reason, entry.TriggeredBy)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task HistoryOfImpossibleLength_Refused(int limit)
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => jarvis.KillSwitch.GetHistoryAsync(limit, Ct));
    }
}
