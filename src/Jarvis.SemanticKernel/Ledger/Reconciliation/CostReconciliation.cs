using Jarvis.SemanticKernel.OpenRouter;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>Asks about all calls without a cost, once each, when somebody wants it.</summary>
internal sealed class CostReconciliation(
    CostInquiry inquiry, IUnresolvedCallStore store, IOpenRouterApi api, IOptions<JarvisRoutingOptions> options, TimeProvider time) : ICostReconciliation
{
    private const int MostTries = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public async Task<ReconciliationReport> ReconcileAsync(
        DateTimeOffset? since = null, IProgress<ReconciliationReport>? progress = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<UnresolvedCall> calls = await store.ReadAsync(
            api.GenerationIdPrefix, since ?? DateTimeOffset.UnixEpoch, withComputed: true, int.MaxValue, cancellationToken).ConfigureAwait(false);
        var report = new ReconciliationReport(calls.Count, 0, 0m, 0, 0, null);
        if (calls.Count > 0 && string.IsNullOrWhiteSpace(options.Value.ApiKey))
        {
            return report with { Fault = "There is no key to ask with. Set OPENROUTER_API_KEY to one of the account that made the calls." };
        }

        foreach (UnresolvedCall call in calls)
        {
            try
            {
                report = With(report, await AskAsync(call, cancellationToken).ConfigureAwait(false));
            }
            catch (ApiFailureException failure)
            {
                return report with { Fault = FaultOf(failure) };
            }

            progress?.Report(report);
        }

        return report;
    }

    private static ReconciliationReport With(ReconciliationReport report, CostFinding finding) => finding.Kind switch
    {
        CostFindingKind.Corrected => report with { Reconciled = report.Reconciled + 1, CostUsd = report.CostUsd + finding.CostUsd },
        CostFindingKind.KnownMeanwhile => report with { KnownMeanwhile = report.KnownMeanwhile + 1 },
        _ => report with { Unknown = report.Unknown + 1 },
    };

    private static string FaultOf(ApiFailureException failure) =>
        failure.IsAboutTheKey ? $"The endpoint refuses the key: {failure.Message}. Set OPENROUTER_API_KEY to one of the account that made the calls."
        : failure.RetryAfter > LongestPause ? $"The endpoint does not want to be asked for {failure.RetryAfter.Value.TotalSeconds:0} s: {failure.Message}. Try again then."
        : $"The endpoint gives no answer: {failure.Message}. Check OPENROUTER_BASE_URL and the network, and try again.";

    private async Task<CostFinding> AskAsync(UnresolvedCall call, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await inquiry.AskAsync(call, CallCorrection.Operator, cancellationToken).ConfigureAwait(false);
            }
            catch (ApiFailureException failure) when (attempt < MostTries && !failure.IsAboutTheKey && !(failure.RetryAfter > LongestPause))
            {
                await Task.Delay(failure.RetryAfter > pause ? failure.RetryAfter.Value : pause, time, cancellationToken).ConfigureAwait(false);
                pause *= 2;
            }
        }
    }
}
