using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>What docs/cost-sources.md shows works.</summary>
public sealed class CostSourcesTests
{
    [Fact]
    public async Task Reconcile_AsShown_FindsTheCostOfTheCutStream()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(configure: options => options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30));
        CostSources.Script(jarvis.Upstream);
        await ChatReply.AskAsync(jarvis.Chat(Tier.Mid), streamed: true, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), Seen(await CostSources.ReconcileAsync(jarvis.Kernel)));
        Assert.Equal((1, 1), Seen(await CostSources.ReconcileAsync(jarvis.Kernel)));
        Assert.Equal(new ReconciliationReport(1, 1, 0.004896m, 0, 0, null), await CostSources.ReconcileAsync(jarvis.Kernel));

        // Not there, and there too early.
        static (int Total, int Unknown) Seen(ReconciliationReport report) => (report.Total, report.Unknown);
    }
}
