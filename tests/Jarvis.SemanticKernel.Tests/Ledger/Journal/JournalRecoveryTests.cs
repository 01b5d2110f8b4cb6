using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>What dead processes left in the folder, in whatever state, is brought in by exactly one of those that look.</summary>
public sealed class JournalRecoveryTests : IDisposable
{
    private static readonly string Dead = Guid.CreateVersion7().ToString("N");
    private static readonly AiCallRecord[] Five = [.. Enumerable.Range(1, 5).Select(JournalBytes.Short)];

    private readonly TemporaryFolder _folder = new();

    private string DeadFile => Path.Combine(_folder.Path, $"{Dead}-000001.journal");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WholeFile_IsReplayedAndRemoved()
    {
        await File.WriteAllBytesAsync(DeadFile, JournalBytes.Write(Five), Ct);
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());

        await LookAsync(jarvis);

        Assert.Equal(Five, jarvis.Store.Calls);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task TornFile_IsReplayedReportedAndRemoved()
    {
        await File.WriteAllBytesAsync(DeadFile, JournalBytes.Write(Five)[..^50], Ct);
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());

        await LookAsync(jarvis);

        Assert.Equal(Five[..4], jarvis.Store.Calls);
        Assert.Empty(_folder.Files());
        Assert.Equal(1, jarvis.Logged(3047));
    }

    [Fact]
    public async Task FileDamagedInTheMiddle_IsReplayedReportedOnceAndKeptAside()
    {
        byte[] damaged = JournalBytes.Write(Five);
        damaged[damaged.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(DeadFile, damaged, Ct);
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());

        await LookAsync(jarvis);
        await using JournalUnderTest next = new(_folder.Path, new MemoryStore());
        await LookAsync(next);

        Assert.Equal(Five.Where((_, i) => i != 2), jarvis.Store.Calls);
        Assert.Empty(next.Store.Calls);
        Assert.Equal([$"{DeadFile}.damaged"], _folder.Files());
        Assert.Equal(damaged, await File.ReadAllBytesAsync($"{DeadFile}.damaged", Ct));
        Assert.Equal((1, 0), (jarvis.Logged(3048), next.Logged(3048)));
        Assert.Equal(new LedgerJournalState(_folder.Path, 0, 0, 1), await new JournalExamination(new JournalFolder(_folder.Path), _ => throw new NotSupportedException()).GetStateAsync(Ct));
    }

    [Fact]
    public async Task FileOfALaterVersion_IsLeftToThatVersion()
    {
        byte[] line = JournalBytes.Write(Five[0]);
        line[1] = (byte)'2';
        byte[] later = [.. line[..12], .. System.Text.Encoding.ASCII.GetBytes($"{Crc32C.Of(line.AsSpan(0, 12), line.AsSpan(21, line.Length - 22)):x8}"), .. line[20..]];
        await File.WriteAllBytesAsync(DeadFile, later, Ct);
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());

        await LookAsync(jarvis);
        await LookAsync(jarvis);

        Assert.Equal(later, await File.ReadAllBytesAsync(DeadFile, Ct));
        Assert.Equal(1, jarvis.Logged(3049));
    }

    [Fact]
    public async Task RefusedFileThatSomebodyRenamed_IsTriedAgain()
    {
        await using (JournalUnderTest refusing = new(_folder.Path, new MemoryStore { Fails = _ => new FormatException("no") }))
        {
            await refusing.Ledger.AppendAsync(Five[0]);
        }

        string refused = Assert.Single(_folder.Files());
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());
        await LookAsync(jarvis);
        Assert.Empty(jarvis.Store.Calls);
        File.Move(refused, Path.ChangeExtension(refused, ".journal"));
        await LookAsync(jarvis);

        Assert.Equal([Five[0]], jarvis.Store.Calls);
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task FileThatIsBeingWritten_IsLeftAlone()
    {
        await using JournalUnderTest alive = new(_folder.Path, new MemoryStore { Fails = _ => new IOException("down") });
        await alive.Ledger.AppendAsync(Five[0]);
        await using JournalUnderTest other = new(_folder.Path, new MemoryStore());

        await LookAsync(other);

        Assert.Empty(other.Store.Calls);
        Assert.Single(_folder.Files("*.journal"));
    }

    [Fact]
    public async Task ReplayThatIsInterrupted_StartsOverAndNothingIsThereTwice()
    {
        AiCallRecord[] many = [.. Enumerable.Range(1, 2345).Select(JournalBytes.Short)];
        await File.WriteAllBytesAsync(DeadFile, JournalBytes.Write(many), Ct);
        MemoryStore store = new();
        store.Fails = _ => store.Attempts > 2 ? new TimeoutException() : null;
        await using JournalUnderTest jarvis = new(_folder.Path, store);

        Assert.False(await jarvis.Journal.LookAsync());
        Assert.Equal(1000, store.Calls.Count);
        Assert.Contains(jarvis.Logs.GetSnapshot(), line => line.Message.Contains("1000 records, 1345 remain", StringComparison.Ordinal));
        store.Fails = _ => null;
        await LookAsync(jarvis);

        Assert.Equal(many, store.Calls.OrderBy(call => call.StartedAt));
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public async Task LongReplay_SaysHowFarItIs()
    {
        await File.WriteAllBytesAsync(DeadFile, JournalBytes.Write(Enumerable.Range(1, 25_000).Select(JournalBytes.Short)), Ct);
        await using JournalUnderTest jarvis = new(_folder.Path, new MemoryStore());

        await LookAsync(jarvis);

        Assert.Equal(
            [
                $"Replaying 25000 records of {DeadFile}.",
                "10000 records are replayed, 15000 remain.",
                "20000 records are replayed, 5000 remain.",
                $"Replayed 25000 records and set 0 aside as refused; {DeadFile} is done.",
            ],
            jarvis.Logs.GetSnapshot().Where(line => line.Level == LogLevel.Information).Select(line => line.Message));
    }

    // Short files are done with soon: one of them may be deleted between another's opening and locking it.
    [Theory]
    [InlineData(30, 700)]
    [InlineData(1000, 1)]
    public async Task ManyThatLookAtOnce_EveryRecordIsHandedInByOneOfThem(int files, int records)
    {
        for (int file = 0; file < files; file++)
        {
            await File.WriteAllBytesAsync(
                Path.Combine(_folder.Path, $"{Guid.CreateVersion7():N}-000001.journal"),
                JournalBytes.Write(Enumerable.Range(file * records, records).Select(JournalBytes.Short)),
                Ct);
        }

        MemoryStore store = new();
        JournalUnderTest[] processes = [.. Enumerable.Range(0, 4).Select(_ => new JournalUnderTest(_folder.Path, store))];
        await Task.WhenAll(processes.Select(process => Task.Run(() => LookAsync(process), Ct)));

        Assert.Equal(files * records, store.Calls.Count);
        Assert.Equal(0, store.Repeated);
        Assert.Empty(_folder.Files());
        foreach (JournalUnderTest process in processes)
        {
            await process.DisposeAsync();
        }
    }

    private static async Task LookAsync(JournalUnderTest jarvis) => Assert.True(await jarvis.Journal.LookAsync());
}
