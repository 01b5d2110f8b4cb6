namespace Jarvis.SemanticKernel.Tests.Storage;

/// <summary>What was read of keys is kept exactly, and tells who was stopped already.</summary>
public abstract class BalanceStoreContract
{
    private const string Key = "0123456789abcdef";
    private const string OtherKey = "fedcba9876543210";

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
        await storage.Balances.AddAsync(Key, first, Ct);
        await storage.Balances.AddAsync(OtherKey, unlimited, Ct);
        await storage.Balances.AddAsync(Key, last, Ct);
        await storage.Balances.AddAsync(Key, last with { RemainingUsd = 5m }, Ct);

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

        Task AddAsync(string key, int minutes, decimal? left) => storage.Balances.AddAsync(key, At(minutes, left), Ct);

        Task ActivateAsync(int minutes, string by) => storage.Switch.ActivateAsync("kill_switch", """{"active":true,"reason":"why"}""", "why", by, Records.Noon.AddMinutes(minutes), Ct);
    }

    protected abstract Task<StorageUnderTest> OpenAsync();

    private static CreditReading At(int minutes, decimal? left) => new() { At = Records.Noon.AddMinutes(minutes), RemainingUsd = left };
}
