namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>What was read of keys is kept exactly, and tells who was stopped already.</summary>
public abstract class BalanceStoreContract
{
    private const string Key = "0123456789abcdef";
    private const string OtherKey = "fedcba9876543210";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readings_AreKeptByKey_ExactlyAndOnce()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Assert.Null(await storage.Balances.ReadNewestAsync(Ct));
        Assert.Null(await storage.Balances.ReadFirstAsync(Key, Ct));

        CreditReading first = At(0, 9.000000000001m) with { LimitUsd = 10m, UsedUsd = 0.999999999999m, LedgerUsd = 0.0076509169m };
        CreditReading unlimited = At(1, null);
        CreditReading last = At(2, -0.25m) with { LimitUsd = 10m };
        foreach ((string key, CreditReading reading) in ((string, CreditReading)[])[(Key, first), (OtherKey, unlimited), (Key, last), (Key, last with { RemainingUsd = 5m })])
        {
            Assert.False(await storage.Balances.AddAsync(key, reading, null, Hour, Ct));
        }

        Assert.Equal(first, await storage.Balances.ReadFirstAsync(Key, Ct));
        Assert.Equal(unlimited, await storage.Balances.ReadFirstAsync(OtherKey, Ct));
        Assert.Equal(last with { First = first }, await storage.Balances.ReadNewestAsync(Ct));
        Assert.Equal(3, await storage.CountAsync(storage.Ours("balances")));
    }

    [Fact]
    public async Task HasStopped_FromTheActivationToTheNextReadingOfEnough()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Assert.False(await HasStoppedAsync(1m));

        await AddAsync(Key, 0, 0.5m);
        await ActivateAsync(1, "someone");
        Assert.False(await HasStoppedAsync(1m));

        await ActivateAsync(2, "credits");
        await AddAsync(Key, 3, 0.4m);
        await AddAsync(OtherKey, 4, 100m);
        await storage.Release.DeactivateAsync("kill_switch", """{"active":false}""", "I know", "me", Records.Noon.AddMinutes(5), Ct);
        await AddAsync(Key, 6, null);
        Assert.True(await HasStoppedAsync(1m));
        Assert.False(await HasStoppedAsync(0.4m));

        await AddAsync(Key, 7, 1m);
        Assert.False(await HasStoppedAsync(1m));
        Assert.True(await HasStoppedAsync(1.000000000001m));

        await ActivateAsync(8, "credits");
        Assert.True(await HasStoppedAsync(1m));

        Task<bool> HasStoppedAsync(decimal enough) => storage.Balances.HasStoppedAsync(Key, enough, Ct);

        Task AddAsync(string key, int minutes, decimal? left) => storage.Balances.AddAsync(key, At(minutes, left), null, Hour, Ct);

        Task ActivateAsync(int minutes, string by) => storage.Switch.ActivateAsync("kill_switch", """{"active":true,"reason":"why"}""", "why", by, Records.Noon.AddMinutes(minutes), Ct);
    }

    [Fact]
    public async Task Notices_AreBroughtOnceInAWhile_AndTheEndOfItOnce_ByKey()
    {
        await using StorageUnderTest storage = await OpenAsync();
        List<string> brought = [];
        foreach ((string key, int minutes, CreditNoticeKind? due) in ((string, int, CreditNoticeKind?)[])
            [
                (Key, 0, CreditNoticeKind.Recovered), (Key, 1, CreditNoticeKind.Low), (Key, 2, CreditNoticeKind.Low), (OtherKey, 3, CreditNoticeKind.Low), (Key, 4, null),
                (Key, 60, CreditNoticeKind.Low), (Key, 61, CreditNoticeKind.Low), (Key, 62, CreditNoticeKind.Stopped), (Key, 63, CreditNoticeKind.Stopped), (Key, 122, CreditNoticeKind.Low),
                (Key, 123, CreditNoticeKind.Low), (Key, 124, CreditNoticeKind.Recovered), (Key, 125, CreditNoticeKind.Recovered), (Key, 126, CreditNoticeKind.Low), (OtherKey, 127, CreditNoticeKind.Recovered),
            ])
        {
            if (await storage.Balances.AddAsync(key, At(minutes, 1m), due, Hour, Ct))
            {
                brought.Add($"{(key == Key ? "" : "other ")}{minutes} {due}");
            }
        }

        Assert.Equal(
            ["1 Low", "other 3 Low", "61 Low", "62 Stopped", "63 Stopped", "123 Low", "124 Recovered", "126 Low", "other 127 Recovered"], brought);
        Assert.Equal(15, await storage.CountAsync(storage.Ours("balances")));
    }

    [Fact]
    public async Task Notices_OfManyAtOnce_AreBroughtByOne()
    {
        await using StorageUnderTest storage = await OpenAsync();
        foreach ((CreditNoticeKind due, int minutes) in ((CreditNoticeKind, int)[])[(CreditNoticeKind.Low, 0), (CreditNoticeKind.Recovered, 30), (CreditNoticeKind.Low, 31)])
        {
            bool[] brings = await Task.WhenAll(Enumerable.Range(0, 16).Select(process =>
                storage.Balances.AddAsync(Key, At(minutes, 1m) with { At = Records.Noon.AddMinutes(minutes).AddMilliseconds(process * 7 % 16) }, due, Hour, Ct)));

            Assert.Single(brings, brought => brought);
        }
    }

    [Fact]
    public async Task Notices_OfAClockThatIsAhead_SilenceNobody()
    {
        await using StorageUnderTest storage = await OpenAsync();
        Assert.True(await storage.Balances.AddAsync(Key, At(60 * 24 * 365, 1m), CreditNoticeKind.Low, Hour, Ct));

        Assert.True(await storage.Balances.AddAsync(Key, At(0, 1m), CreditNoticeKind.Low, Hour, Ct));
        Assert.False(await storage.Balances.AddAsync(Key, At(1, 1m), CreditNoticeKind.Low, Hour, Ct));
    }

    protected abstract Task<StorageUnderTest> OpenAsync();

    private static CreditReading At(int minutes, decimal? left) => new() { At = Records.Noon.AddMinutes(minutes), RemainingUsd = left };
}
