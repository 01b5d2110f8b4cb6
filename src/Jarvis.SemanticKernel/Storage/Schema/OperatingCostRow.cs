namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class OperatingCostRow
{
    public int Id { get; set; }

    public required string Category { get; set; }

    public decimal AmountUsd { get; set; }

    public string? Description { get; set; }

    public DateTime PeriodStart { get; set; }

    public DateTime PeriodEnd { get; set; }

    public DateTime CreatedAt { get; set; }
}
