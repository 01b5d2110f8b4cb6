namespace Jarvis.SemanticKernel.Ledger;

/// <summary>Innermost but for the last look at the switch: writes the record of every call that was made, whatever became of it, before anybody sees its end.</summary>
internal sealed class AiCallLogFilter(IAiCallLedger ledger, RecordBacklog backlog) : IModelCallFilter
{
    public async Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        await backlog.WaitForRoomAsync(context.CancellationToken).ConfigureAwait(false);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (context.Status is { } status)
            {
                using (backlog.Add())
                {
                    await ledger.AppendAsync(ToRecord(context, status)).ConfigureAwait(false);
                }
            }
        }
    }

    private static AiCallRecord ToRecord(ModelCallContext call, AiCallStatus status) => new()
    {
        CallId = call.CallId,
        StartedAt = call.StartedAt,
        Latency = call.Latency,
        Tier = call.Tier,
        RequestedModel = call.RequestedModel,
        Model = call.Model,
        Provider = call.Provider,
        GenerationId = call.GenerationId,
        Status = status,
        HttpStatus = call.HttpStatus,
        Error = call.Failure is { } failure ? $"failure={failure}" : call.Error?.ToRecordText(),
        PromptTokens = call.Usage?.PromptTokens,
        CompletionTokens = call.Usage?.CompletionTokens,
        CachedTokens = call.Usage?.CachedTokens,
        ReasoningTokens = call.Usage?.ReasoningTokens,
        CostUsd = call.Usage?.CostUsd,
        CostSource = call.Usage?.CostUsd is null ? CostSource.Unknown : CostSource.Reported,
        IsStreamed = call.IsStreaming,
        Attempt = call.Attempt,
        GoalId = call.Attribution.GoalId,
        Agent = call.Attribution.Agent,
        Function = call.Attribution.Function,
        RunId = call.Attribution.RunId,
        Route = call.Attribution.Route,
    };
}
