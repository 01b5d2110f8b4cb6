namespace Jarvis.SemanticKernel.Storage;

/// <summary>A record in the shapes that the columns accept.</summary>
internal sealed record StorableCall(AiCallRecord Record)
{
    // Longer ones would not fit into an index page and poison every batch they are in.
    private const int LongestRunId = 256;

    public Guid CallId => Record.CallId;

    /// <summary>Cut to the whole microseconds that a timestamp holds, so that both tables and both engines hold the same instant.</summary>
    public DateTime StartedAt { get; } = new(Record.StartedAt.UtcTicks - (Record.StartedAt.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    public string RequestedModel { get; } = StorableText.From(Record.RequestedModel);

    public string? Model { get; } = StorableText.From(Record.Model);

    public string Tier { get; } = StorableText.From(Record.Tier);

    public string? Provider { get; } = StorableText.From(Record.Provider);

    public string? GenerationId { get; } = StorableText.From(Record.GenerationId);

    public string? Error { get; } = StorableText.From(Record.Error);

    public string? Agent { get; } = StorableText.From(Record.Agent);

    public string? Function { get; } = StorableText.From(Record.Function);

    public string? RunId { get; } = StorableText.From(Record.RunId, LongestRunId);

    public string? Route { get; } = StorableText.From(Record.Route);

    public int LatencyMs { get; } = (int)Math.Clamp(Math.Round(Record.Latency.TotalMilliseconds), 0, int.MaxValue);

    public string Status { get; } = Record.Status switch
    {
        AiCallStatus.Ok => "ok",
        AiCallStatus.Error => "error",
        AiCallStatus.Cancelled => "cancelled",
        AiCallStatus.Timeout => "timeout",
        AiCallStatus.Cut => "cut",
        _ => throw new ArgumentOutOfRangeException(nameof(Record), Record.Status, "A status without a text."),
    };

    public string CostSource { get; } = StorableCost.Text(Record.CostSource);

    public string BilledModel { get; } = StorableText.From(Record.Model ?? Record.RequestedModel, 128);

    public string BilledTier { get; } = StorableText.From(Record.Tier, 32);

    /// <summary>The cost as ai_calls can hold it; null when nobody knows it, and then the call has no row there.</summary>
    public decimal? BilledCost { get; } = Record.CostUsd is { } cost ? StorableCost.Billed(cost) : null;

    public bool IsCapped => Record.CostUsd is { } cost && StorableCost.IsCapped(cost);

    /// <summary>The batch without repetitions, in one order for all writers: two that insert the same ids in different orders would deadlock.</summary>
    public static StorableCall[] From(IReadOnlyList<AiCallRecord> batch) =>
        batch.Count == 1 ? [new StorableCall(batch[0])] : [.. batch.DistinctBy(record => record.CallId).OrderBy(record => record.CallId).Select(record => new StorableCall(record))];
}
