namespace Jarvis.SemanticKernel.Storage;

/// <summary>A record in the shapes that the columns accept.</summary>
internal readonly record struct StorableCall(AiCallRecord Record)
{
    // Longer ones would not fit into an index page and poison every batch they are in.
    private const int LongestRunId = 256;

    public Guid CallId => Record.CallId;

    /// <summary>Cut to the whole microseconds that a timestamp holds, so that both tables and both engines hold the same instant.</summary>
    public DateTime StartedAt => new(Record.StartedAt.UtcTicks - (Record.StartedAt.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    public string RequestedModel => StorableText.From(Record.RequestedModel);

    public string? Model => StorableText.From(Record.Model);

    public string Tier => StorableText.From(Record.Tier);

    public string? Provider => StorableText.From(Record.Provider);

    public string? GenerationId => StorableText.From(Record.GenerationId);

    public string? Error => StorableText.From(Record.Error);

    public string? Agent => StorableText.From(Record.Agent);

    public string? Function => StorableText.From(Record.Function);

    public string? RunId => StorableText.From(Record.RunId, LongestRunId);

    public string? Route => StorableText.From(Record.Route);

    public int LatencyMs => (int)Math.Clamp(Math.Round(Record.Latency.TotalMilliseconds), 0, int.MaxValue);

    public string Status => NameOf(Record.Status);

    public string CostSource => StorableCost.Text(Record.CostSource);

    public string BilledModel => StorableText.From(Record.Model ?? Record.RequestedModel, 128);

    public string BilledTier => StorableText.From(Record.Tier, 32);

    /// <summary>The cost as ai_calls can hold it; null when nobody knows it, and then the call has no row there.</summary>
    public decimal? BilledCost => Record.CostUsd is { } cost ? StorableCost.Billed(cost) : null;

    public bool IsCapped => Record.CostUsd is { } cost && StorableCost.IsCapped(cost);

    public static string NameOf(AiCallStatus status) => status switch
    {
        AiCallStatus.Ok => "ok",
        AiCallStatus.Error => "error",
        AiCallStatus.Cancelled => "cancelled",
        AiCallStatus.Timeout => "timeout",
        AiCallStatus.Cut => "cut",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status without a text."),
    };

    /// <summary>Whether the row of ai_calls, if there is one, says what the details say, in the words of the sums that are kept: nothing cut, nothing capped, and rounded as SQL rounds.</summary>
    public bool IsBilledAsIs =>
        Record.CostUsd is not { } cost
        || (BilledCost == decimal.Round(cost, 8, MidpointRounding.AwayFromZero) && BilledTier == Tier && BilledModel == (Model ?? RequestedModel));

    /// <summary>
    /// The batch without repetitions, of which the first counts, in one order for all writers: two that insert the same ids in different orders would deadlock.
    /// </summary>
    public static StorableCall[] From(IReadOnlyList<AiCallRecord> batch)
    {
        if (batch.Count == 1)
        {
            return [new StorableCall(batch[0])];
        }

        var order = new (Guid CallId, int At)[batch.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (batch[i].CallId, i);
        }

        Array.Sort(order);
        var calls = new List<StorableCall>(order.Length);
        foreach ((Guid callId, int at) in order)
        {
            if (calls.Count == 0 || calls[^1].CallId != callId)
            {
                calls.Add(new StorableCall(batch[at]));
            }
        }

        return [.. calls];
    }
}
