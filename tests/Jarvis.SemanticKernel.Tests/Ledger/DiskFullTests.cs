using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Cluster;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>There is no room left, neither for the database nor for the journal: nothing is lost in silence.</summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly TemporaryFolder _journal = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Dispose();

    [Fact]
    public async Task Process_WhoseFilesCannotGrow_HandsEveryRecordToItsCaller()
    {
        await using SqliteTestDatabase database = new();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        upstream.OnChat = MixedCallsProcess.Answer;
        await using (JarvisHarness migrated = await JarvisHarness.StartAsync(database.Setting, upstream: upstream, ownsUpstream: false))
        {
            await migrated.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        }

        upstream.Reset();
        upstream.OnChat = MixedCallsProcess.Answer;
        await using MixedCallsProcess process = MixedCallsProcess.StartWithSmallFiles(80, upstream, database.Setting, _journal.Path, callers: 4);
        await Eventually.TrueAsync(() => Task.FromResult(process.Said.Count(said => said.Fate == "carried") > 20), Ct);
        await process.EndAsync();

        await using JarvisHarness next = await JarvisHarness.StartAsync(database.Setting, options => options.Ledger.JournalFolder = _journal.Path);
        Assert.True(await next.Services.GetRequiredService<LedgerJournal>().LookAsync());
        Dictionary<Guid, RecordedCall> records = (await database.ReadCallsAsync()).ToDictionary(record => record.CallId);
        Assert.Empty(upstream.Requests.Select(request => Guid.Parse(request.Headers[MixedCallsProcess.CallIdHeader])).Except(records.Keys));
        Assert.All(process.Said.Where(said => said.Fate == "seen"), said => Assert.Equal("ok", records[said.CallId].Status));

        // What the database does not know its caller knows; that the call was made the database knows all the same.
        Assert.All(process.Said.Where(said => said.Fate == "carried"), said => Assert.Equal("failure=ProcessDied", records[said.CallId].Error));
        Assert.Contains(process.Said, said => said is { Fate: "carried", More: "0.0076509169000000005" });
        Assert.All(process.Said.Where(said => said.Fate == "failed"), said => Assert.Equal(nameof(JournalUnavailableException), said.More));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NoFolderForTheJournal_NothingIsSentAndTheSettingIsNamed(bool streamed)
    {
        string file = Path.Combine(_journal.Path, "file");
        await File.WriteAllTextAsync(file, "", Ct);
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.Ledger.JournalFolder = file);

        JournalUnavailableException unavailable = await Assert.ThrowsAsync<JournalUnavailableException>(async () => _ = streamed
            ? await jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("Work", cancellationToken: Ct).CountAsync(Ct)
            : (await jarvis.Chat(Tier.Mid).GetChatMessageContentsAsync("Work", cancellationToken: Ct)).Count);

        Assert.Contains("Ledger.JournalFolder", unavailable.Message, StringComparison.Ordinal);
        Assert.Equal(0, jarvis.Upstream.RequestCount);
    }

    [Fact]
    public async Task NoJournalWanted_NoFileIsWritten()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => (options.Ledger.JournalFolder, options.Ledger.UseJournal) = (_journal.Path, false));

        await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);

        Assert.Empty(_journal.Files());
        Assert.Equal(new LedgerJournalState(null, 0, 0, 0), await jarvis.Services.GetRequiredService<ILedgerJournal>().GetStateAsync(Ct));
    }
}
