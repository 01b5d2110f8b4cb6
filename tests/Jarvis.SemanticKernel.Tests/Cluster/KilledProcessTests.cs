using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>
/// A process is killed while it makes calls of all kinds: the next one knows of every request that was made. 4 times in the gate, 200 times with JARVIS_TEST_FULL=1;
/// docs/reliability.md keeps the last full result.
/// </summary>
public abstract class KilledProcessTests
{
    private const int Callers = 8;

    private static readonly int Kills = FullForm.Of(200, 4);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Any moment will do.")]
    public async Task Killed_EveryRequestHasOneRecordAndEveryReplyThatWasSeenHasItsOwn()
    {
        using TemporaryFolder journal = new();
        await using TestDatabase database = await CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        upstream.OnChat = MixedCallsProcess.Answer;
        HashSet<Guid> seen = [];
        int requests = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using MixedCallsProcess process = MixedCallsProcess.Start(upstream, database.Setting, journal.Path, Callers);
            requests = upstream.RequestCount + 50 + Random.Shared.Next(50);
            await upstream.WaitForRequestsAsync(requests, Ct);
            await process.KillAsync();
            seen.UnionWith(process.Said.Where(said => said.Fate == "seen").Select(said => said.CallId));
            Assert.DoesNotContain(process.Said, said => said.Fate is "failed" or "carried");
        }

        await RecoverAsync(database, journal, upstream);

        IReadOnlyList<RecordedCall> records = await database.ReadCallsAsync();
        Guid[] arrived = [.. upstream.Requests.Select(request => Guid.Parse(request.Headers[MixedCallsProcess.CallIdHeader]))];
        Assert.Empty(arrived.Except(records.Select(record => record.CallId)));
        Assert.Equal(records.Count, records.DistinctBy(record => record.CallId).Count());
        Assert.True(seen.Count > Kills);
        Assert.All(records.Where(record => seen.Contains(record.CallId)), record => Assert.Equal("ok", record.Status));
        Assert.Empty(seen.Except(records.Where(record => record.CostUsd is not null).Select(record => record.CallId)));
        AssertMoneyIsWhatWasBilled(records, upstream);

        // What was under way is among the records, and some of it with the id by which it can be asked about.
        RecordedCall[] orphans = [.. records.Where(record => record.Error == "failure=ProcessDied")];
        Assert.InRange(orphans.Length, 1, Kills * Callers);
        Assert.All(orphans, orphan => Assert.Equal(("cut", orphan.CostUsd is null ? "unknown" : "reconciled"), (orphan.Status, orphan.CostSource)));
        Assert.All(records.Except(orphans), record => Assert.Contains(record.CallId, arrived));
        Assert.Empty(journal.Files());
        Report(upstream, seen.Count, records, orphans);
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();

    private static async Task RecoverAsync(TestDatabase database, TemporaryFolder journal, OpenRouterSimulator upstream)
    {
        await using JarvisHarness next = await JarvisHarness.StartAsync(
            database.Setting, options => options.Ledger.JournalFolder = journal.Path, upstream: upstream, ownsUpstream: false);
        Assert.True(await next.Services.GetRequiredService<LedgerJournal>().LookAsync());

        SpendReport report = await next.Services.GetRequiredService<ICostReport>()
            .GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = TimeProvider.System.GetUtcNow().AddDays(1) }, Ct);
        Assert.Equal((await database.ReadCallsAsync()).Count(record => record.CostUsd is null), report.Total.UnresolvedCalls);
    }

    private static void Report(OpenRouterSimulator upstream, int seen, IReadOnlyList<RecordedCall> records, RecordedCall[] orphans) =>
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills: {upstream.RequestCount} requests reached the upstream, {seen} replies were seen by their callers; {records.Count} records, none twice, none missing; "
            + $"{orphans.Length} calls known from their notes alone, {orphans.Count(orphan => orphan.GenerationId is not null)} of them with a generation id; "
            + $"{records.Count(record => record.CostUsd is not null)} costs known, {records.Sum(record => record.CostUsd)} USD as billed for them."));

    private static void AssertMoneyIsWhatWasBilled(IReadOnlyList<RecordedCall> records, OpenRouterSimulator upstream)
    {
        RecordedCall[] resolved = [.. records.Where(record => record.CostUsd is not null)];
        Dictionary<string, decimal> billed = upstream.Billed.ToDictionary(call => call.GenerationId, call => call.CostUsd);
        Assert.Equal(resolved.Sum(record => billed[record.GenerationId!]), resolved.Sum(record => record.CostUsd));
    }
}
