using Jarvis.SemanticKernel.Storage.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Jarvis.SemanticKernel.Benchmarks.Throughput;

/// <summary>What one writes with EF Core: a pooled context and one awaited SaveChanges per call. The same record, so rows in both tables.</summary>
internal sealed class SaveChangesLedger(NpgsqlDataSource source) : IAiCallLedger
{
    private readonly PooledDbContextFactory<SaveChangesContext> _contexts =
        new(new DbContextOptionsBuilder<SaveChangesContext>().UseNpgsql(source).Options);

    public async Task AppendAsync(AiCallRecord record)
    {
        SaveChangesContext context = await _contexts.CreateDbContextAsync().ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            AiCallRow billed = new()
            {
                Model = record.Model ?? record.RequestedModel,
                Tier = record.Tier,
                PromptTokens = record.PromptTokens ?? 0,
                CompletionTokens = record.CompletionTokens ?? 0,
                CostUsd = record.CostUsd ?? 0,
                GoalId = record.GoalId,
                CreatedAt = DateTime.SpecifyKind(record.StartedAt.UtcDateTime, DateTimeKind.Unspecified),
            };
            context.Add(billed);
            CallDetailsRow details = ToDetails(record);
            context.Add(details);

            // The id that the server is going to give, by the stand-in that EF Core has for it.
            context.Entry(details).Property(row => row.AiCallId).CurrentValue = context.Entry(billed).Property(row => row.Id).CurrentValue;
            await context.SaveChangesAsync().ConfigureAwait(false);
        }
    }

    private static CallDetailsRow ToDetails(AiCallRecord record) => new()
    {
        CallId = record.CallId,
        StartedAt = record.StartedAt,
        LatencyMs = (int)record.Latency.TotalMilliseconds,
        Tier = record.Tier,
        RequestedModel = record.RequestedModel,
        Model = record.Model,
        Provider = record.Provider,
        GenerationId = record.GenerationId,
        Status = record.Status == AiCallStatus.Ok ? "ok" : "error",
        HttpStatus = record.HttpStatus,
        Error = record.Error,
        PromptTokens = record.PromptTokens,
        CompletionTokens = record.CompletionTokens,
        CachedTokens = record.CachedTokens,
        ReasoningTokens = record.ReasoningTokens,
        CostUsdExact = record.CostUsd,
        CostSource = "reported",
        Streamed = record.IsStreamed,
        Attempt = record.Attempt,
        GoalId = record.GoalId,
        Agent = record.Agent,
        Function = record.Function,
        RunId = record.RunId,
        Route = record.Route,
    };
}
