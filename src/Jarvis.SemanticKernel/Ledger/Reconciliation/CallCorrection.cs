namespace Jarvis.SemanticKernel.Ledger.Reconciliation;

/// <summary>What is now known of a call. What it leaves null stays as it was.</summary>
internal sealed record CallCorrection
{
    public required Guid CallId { get; init; }

    public required CostSource Source { get; init; }

    public required decimal CostUsd { get; init; }

    public int? PromptTokens { get; init; }

    public int? CompletionTokens { get; init; }

    public int? CachedTokens { get; init; }

    public int? ReasoningTokens { get; init; }

    /// <summary>Gets the model that answered; taken where the answer had named none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the provider that answered; taken where the answer had named none.</summary>
    public string? Provider { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Gets who asked: one of the two below.</summary>
    public required string AskedBy { get; init; }

    public const string Worker = "worker";

    public const string Operator = "operator";

    /// <summary>True when this is better than what is known from <paramref name="known"/>: reported before reconciled before computed before unknown.</summary>
    public bool IsBetterThan(CostSource known) => RankOf(Source) > RankOf(known);

    private static int RankOf(CostSource source) => source switch
    {
        CostSource.Unknown => 0,
        CostSource.Computed => 1,
        CostSource.Reconciled => 2,
        CostSource.Reported => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A source without a rank."),
    };
}
