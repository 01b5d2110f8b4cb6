using System.Diagnostics;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Ledger.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>Processes that bring in a journal are killed one after the other: in the end every record is there once.</summary>
public abstract class KilledReplayTests
{
    private const int Records = 24_000;
    private const int Kills = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReplayKilledInTheMiddle_NothingIsLostAndNothingIsThereTwice()
    {
        using TemporaryFolder journal = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting, options => options.Ledger.JournalFolder = journal.Path);
        await jarvis.Services.GetRequiredService<IJarvisDatabase>().EnsureReadyAsync(Ct);
        string folder = (await jarvis.Services.GetRequiredService<ILedgerJournal>().GetStateAsync(Ct)).Folder!;
        Directory.CreateDirectory(folder);
        string dead = Path.Combine(folder, $"{Guid.CreateVersion7():N}-000001.journal");
        await File.WriteAllBytesAsync(dead, JournalBytes.Write(Enumerable.Range(1, Records).Select(JournalBytes.Short)), Ct);

        long before = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = WorkerProgram.Start("replay", database.Setting, journal.Path, Guid.NewGuid().ToString());
            await Eventually.TrueAsync(async () => await database.CountAsync("ai_calls") > before, Ct);
            process.Kill();
            await process.WaitForExitAsync(Ct);
            before = await database.CountAsync("ai_calls");
            Assert.True(File.Exists(dead), $"Process {kill + 1} was killed too late, with {before} records in.");
        }

        Assert.True(await jarvis.Services.GetRequiredService<LedgerJournal>().LookAsync());

        IReadOnlyList<RecordedCall> calls = [.. (await database.ReadCallsAsync()).Where(call => call.Tier == "mid")];
        Assert.Equal(Enumerable.Range(1, Records).Select(n => JournalBytes.Short(n).CallId).Order(), calls.Select(call => call.CallId).Order());
        Assert.Equal(Enumerable.Range(1, Records).Sum(n => JournalBytes.Short(n).CostUsd), calls.Sum(call => call.CostUsd));
        Assert.Equal(Records, await database.CountAsync("ai_calls"));
        Assert.Empty(journal.Files("*.journal"));
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();
}
