using Jarvis.SemanticKernel.Testing;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that docs/cost-sources.md shows. Run by <see cref="CostSourcesTests"/>.</summary>
internal static class CostSources
{
    public static async Task<ReconciliationReport> ReconcileAsync(Kernel kernel)
    {
        #region reconcile
        ICostReconciliation costs = kernel.GetRequiredService<ICostReconciliation>();
        ReconciliationReport report = await costs.ReconcileAsync(since: DateTimeOffset.UtcNow.AddDays(-7));
        Console.WriteLine($"{report.Reconciled} of {report.Total} calls cost {report.CostUsd} USD. {report.Fault}");
        #endregion
        return report;
    }

    public static void Script(OpenRouterSimulator simulator)
    {
        #region simulator
        simulator.Enqueue(SimulatedReply.Text("half of an ans").WithUsage(812, 164, "0.004896").CutAfterChunks(2)
            .WithGenerationReads(SimulatedGenerationRead.NotFound, SimulatedGenerationRead.NotFinished, SimulatedGenerationRead.Of(SimulatedReply.ServerError())));
        #endregion
    }
}
