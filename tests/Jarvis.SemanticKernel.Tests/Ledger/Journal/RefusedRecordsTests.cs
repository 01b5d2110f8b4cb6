using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging.Testing;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Records that were refused are put back when somebody asks for it, each once, and none is lost on the way.</summary>
public sealed class RefusedRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStore _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FileOfAProcessThatLives_IsThereToBeTakenAfterItsNextLook()
    {
        _store.Fails = _ => new FormatException("refused");
        await using JournalUnderTest alive = new(_folder.Path, _store);
        await alive.Ledger.AppendAsync(JournalBytes.Short(1));
        Assert.True(await alive.Journal.LookAsync());
        _store.Fails = _ => null;

        Assert.Equal(new JournalRetryReport(1, 0, 0, null), await RetryAsync());

        Assert.Equal([JournalBytes.Short(1)], _store.Calls);
        Assert.Empty(_folder.Files("*.refused"));
    }

    [Fact]
    public async Task FileThatAProcessHolds_IsLeftAloneAndCounted()
    {
        using JournalWriter held = new(new JournalFolder(_folder.Path), JournalFolder.Refused);
        await held.AppendAsync(new JournalEntry(JournalBytes.Short(1), "FormatException"));

        Assert.Equal(new JournalRetryReport(0, 0, 1, null), await RetryAsync());

        Assert.Empty(_store.Calls);
        Assert.Single(_folder.Files("*.refused"));
    }

    [Fact]
    public async Task RecordsThatAreRefusedAgain_StayAndTheOthersDoNot()
    {
        await WriteAsync(1200);
        _store.Fails = batch => batch.Any(record => record.StartedAt.ToUnixTimeSeconds() is 7 or 8 or 900) ? new FormatException("refused") : null;

        JournalRetryReport first = await RetryAsync();
        JournalRetryReport second = await RetryAsync();
        _store.Fails = _ => null;
        JournalRetryReport third = await RetryAsync();

        Assert.Equal([new(1197, 3, 0, null), new(0, 3, 0, null), new(3, 0, 0, null)], (JournalRetryReport[])[first, second, third]);
        Assert.Equal((1200, 0), (_store.Calls.Count, _store.Repeated));
        Assert.Empty(_folder.Files("*.refused"));
    }

    [Fact]
    public async Task DatabaseThatDoesNotWork_IsSaidAndEverythingStays()
    {
        await WriteAsync(20);
        byte[] before = await File.ReadAllBytesAsync(Assert.Single(_folder.Files("*.refused")), Ct);
        _store.Fails = _ => new IOException("down");

        JournalRetryReport report = await RetryAsync();

        Assert.Equal((0, 0, 0), (report.Stored, report.StillRefused, report.FilesInUse));
        Assert.Contains("does not take records", report.Fault, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Assert.Single(_folder.Files("*.refused")), Ct));
    }

    [Fact]
    public async Task RecordsThatAreThereAlready_AreNotThereTwice()
    {
        await WriteAsync(3);
        await _store.AppendAsync([JournalBytes.Short(2)], Ct);

        Assert.Equal(new JournalRetryReport(3, 0, 0, null), await RetryAsync());

        Assert.Equal((3, 1), (_store.Calls.Count, _store.Repeated));
    }

    private async Task WriteAsync(int records)
    {
        using JournalWriter writer = new(new JournalFolder(_folder.Path), JournalFolder.Refused);
        await Task.WhenAll(Enumerable.Range(1, records).Select(number => writer.AppendAsync(new JournalEntry(JournalBytes.Short(number), "FormatException"))));
    }

    private Task<JournalRetryReport> RetryAsync() =>
        new RefusedRecords(new JournalFolder(_folder.Path), _store, TimeSpan.FromSeconds(30), TimeProvider.System, new FakeLogger<LedgerJournal>()).RetryAsync(Ct);
}
