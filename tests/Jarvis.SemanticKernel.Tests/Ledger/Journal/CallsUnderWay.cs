using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Calls as the ledger's filter sees them before they are made.</summary>
internal static class CallsUnderWay
{
    public static readonly DateTimeOffset StartedAt = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "It has no content.")]
    public static ModelCallContext New(string tier = "mid", string model = "vendor/asked", CallAttribution? attribution = null) =>
        new(new HttpRequestMessage(), tier, model, CancellationToken.None)
        {
            Attempt = 2,
            IsStreaming = true,
            Attribution = attribution ?? new CallAttribution { GoalId = 42, Agent = "planner", Function = "Plugin.Function", RunId = "run-1", Route = "default" },
        };

    /// <summary>The record that the next process makes of it.</summary>
    public static AiCallRecord Orphan(ModelCallContext call, string? generationId = null) => new()
    {
        CallId = call.CallId,
        StartedAt = StartedAt,
        Tier = call.Tier,
        RequestedModel = call.RequestedModel,
        Attempt = call.Attempt,
        IsStreamed = call.IsStreaming,
        GoalId = call.Attribution.GoalId,
        Agent = call.Attribution.Agent,
        Function = call.Attribution.Function,
        RunId = call.Attribution.RunId,
        Route = call.Attribution.Route,
        GenerationId = generationId,
        Status = AiCallStatus.Cut,
        Error = "failure=ProcessDied",
        CostSource = CostSource.Unknown,
    };
}
