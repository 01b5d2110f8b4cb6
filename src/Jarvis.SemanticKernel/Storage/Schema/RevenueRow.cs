namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class RevenueRow
{
    public int Id { get; set; }

    public required string StrategyId { get; set; }

    public string? SourceAttribution { get; set; }

    public decimal AmountUsd { get; set; }

    public DateTime EarnedAt { get; set; }

    public DateTime CreatedAt { get; set; }
}
