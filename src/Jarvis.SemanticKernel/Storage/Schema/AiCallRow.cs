namespace Jarvis.SemanticKernel.Storage.Schema;

internal sealed class AiCallRow
{
    public int Id { get; set; }

    public required string Model { get; set; }

    public required string Tier { get; set; }

    public int PromptTokens { get; set; }

    public int CompletionTokens { get; set; }

    public decimal CostUsd { get; set; }

    public int? GoalId { get; set; }

    public DateTime CreatedAt { get; set; }
}
