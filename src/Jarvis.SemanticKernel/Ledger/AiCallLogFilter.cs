using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Ledger.Reconciliation;

namespace Jarvis.SemanticKernel.Ledger;

/// <summary>
/// Innermost but for the last look at the switch: notes every call before it is made, and writes its record, whatever became of it, before anybody sees its end.
/// </summary>
internal sealed class AiCallLogFilter(IAiCallLedger ledger, RecordBacklog backlog, ICallIntents intents, UnreportedCosts unreported) : IModelCallFilter
{
    public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        ValueTask room = backlog.WaitForRoomAsync(context.CancellationToken);
        return room.IsCompletedSuccessfully ? RecordAsync(context, next) : WaitAndRecordAsync(room, context, next);
    }

    private async Task WaitAndRecordAsync(ValueTask room, ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        await room.ConfigureAwait(false);
        await RecordAsync(context, next).ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It goes on when the call is recorded.")]
    private async Task RecordAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        ICallIntent intent = intents.Begin(context);
        ExceptionDispatchInfo? failure = null;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        if (context.Status is { } status && !context.IsRecordedInside)
        {
            AiCallRecord record = unreported.Price(ToRecord(context, status), context);
            using (backlog.Add())
            {
                try
                {
                    await ledger.AppendAsync(record).ConfigureAwait(false);
                }
                catch (LedgerException e) when (context is { IsStreaming: false, Response: { IsSuccessStatusCode: true, Content: var answer } })
                {
                    // In memory since the call was over. Of a stream its reader has everything but the end.
                    e.ResponseBody = await answer.ReadAsStringAsync().ConfigureAwait(false);
                    throw;
                }
            }

            unreported.HandOver(record, context);
        }

        // Not after a failure to record it: what could not be recorded is recorded by the next process.
        intent.Settle(context);
        failure?.Throw();
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
