namespace Jarvis.SemanticKernel.Tests.Storage;

public abstract class ProcessStoreContract
{
    private static readonly TimeSpan LiveWithin = TimeSpan.FromSeconds(30);

    private static readonly Guid One = Guid.NewGuid();
    private static readonly Guid Two = Guid.NewGuid();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract string Table { get; }

    protected abstract Task<StorageUnderTest> OpenAsync();

    [Fact]
    public async Task ReadAsync_NobodyThere_KnowsTheVersion()
    {
        await using StorageUnderTest storage = await OpenReadyAsync();

        KillSwitchProcessReport report = await storage.Processes.ReadAsync(LiveWithin, Ct);

        Assert.Equal(1, report.CurrentVersion);
        Assert.Empty(report.Processes);
    }

    [Fact]
    public async Task BeatAsync_AgainAndAgain_KeepsOneRowAndItsBeginning()
    {
        await using StorageUnderTest storage = await OpenReadyAsync();
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 1, Ct);
        KillSwitchProcess first = Assert.Single((await storage.Processes.ReadAsync(LiveWithin, Ct)).Processes);
        await AgeAsync(storage, "started_at = '2026-01-01 00:00:00.000000', last_seen_at = '2026-01-01 00:00:00.000000'", One);
        await storage.Switch.ActivateAsync("kill_switch", """{"active":true}""", "r", "cli", Records.Noon, Ct);
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 2, Ct);

        KillSwitchProcessReport report = await storage.Processes.ReadAsync(LiveWithin, Ct);

        KillSwitchProcess process = Assert.Single(report.Processes);
        Assert.Equal(2, report.CurrentVersion);
        Assert.Equal((One, "host", 17, "agent", true, 2L), (process.Id, process.Host, process.Pid, process.Program, process.IsLive, process.SwitchVersion));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), process.StartedAt);
        Assert.InRange(process.LastSeenAt, first.LastSeenAt, report.At);
        Assert.Equal(TimeSpan.Zero, report.At.Offset);
    }

    [Fact]
    public async Task BeatAsync_LowerVersion_IsBelieved()
    {
        // A database that was set back to an earlier state counts anew.
        await using StorageUnderTest storage = await OpenReadyAsync();
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 9, Ct);
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 3, Ct);

        Assert.Equal(3, Assert.Single((await storage.Processes.ReadAsync(LiveWithin, Ct)).Processes).SwitchVersion);
    }

    [Fact]
    public async Task ReadAsync_ProcessNotSeenForLong_IsListedAndNotLive()
    {
        await using StorageUnderTest storage = await OpenReadyAsync();
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 1, Ct);
        await storage.Processes.BeatAsync(Two, "host", 18, "agent", 1, Ct);
        await AgeAsync(storage, "last_seen_at = '2026-01-01 00:00:00.000000'", One);

        KillSwitchProcessReport report = await storage.Processes.ReadAsync(LiveWithin, Ct);

        // Two that started in the same instant are in no order.
        Assert.Equal([(17, false), (18, true)], report.Processes.Select(process => (process.Pid, process.IsLive)).Order());
    }

    [Fact]
    public async Task RemoveSilentAsync_TakesTheOldOnly()
    {
        await using StorageUnderTest storage = await OpenReadyAsync();
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 1, Ct);
        await storage.Processes.BeatAsync(Two, "host", 18, "agent", 1, Ct);
        await AgeAsync(storage, "last_seen_at = '2026-01-01 00:00:00.000000'", One);

        await storage.Processes.RemoveSilentAsync(TimeSpan.FromDays(1), Ct);

        Assert.Equal(18, Assert.Single((await storage.Processes.ReadAsync(LiveWithin, Ct)).Processes).Pid);
    }

    [Fact]
    public async Task RemoveAsync_TakesTheOneThatIsMeant()
    {
        await using StorageUnderTest storage = await OpenReadyAsync();
        await storage.Processes.BeatAsync(One, "host", 17, "agent", 1, Ct);
        await storage.Processes.BeatAsync(Two, "host", 18, "agent", 1, Ct);

        await storage.Processes.RemoveAsync(One, Ct);
        await storage.Processes.RemoveAsync(One, Ct);

        Assert.Equal(18, Assert.Single((await storage.Processes.ReadAsync(LiveWithin, Ct)).Processes).Pid);
    }

    private async Task<StorageUnderTest> OpenReadyAsync()
    {
        StorageUnderTest storage = await OpenAsync();
        await storage.Database.EnsureReadyAsync(Ct);
        return storage;
    }

    // As no clock of a test can: the times are the database's.
    private Task<object?> AgeAsync(StorageUnderTest storage, string change, Guid id) =>
        storage.ScalarAsync($"UPDATE {Table} SET {change} WHERE lower(CAST(process_id AS text)) = '{id}'");
}
