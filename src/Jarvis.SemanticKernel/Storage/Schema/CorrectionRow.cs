namespace Jarvis.SemanticKernel.Storage.Schema;

/// <summary>What a record said before its cost was found out, and what it says since. A call is corrected at most once from each source.</summary>
internal sealed class CorrectionRow
{
    public Guid CallId { get; set; }

    public DateTimeOffset CorrectedAt { get; set; }

    // worker: a process that made calls; operator: somebody who asked for it.
    public required string AskedBy { get; set; }

    public required string CostSourceBefore { get; set; }

    public required string CostSourceAfter { get; set; }

    public decimal? CostUsdBefore { get; set; }

    public decimal CostUsdAfter { get; set; }

    public int? PromptTokensBefore { get; set; }

    public int? PromptTokensAfter { get; set; }

    public int? CompletionTokensBefore { get; set; }

    public int? CompletionTokensAfter { get; set; }

    public int? CachedTokensBefore { get; set; }

    public int? CachedTokensAfter { get; set; }

    public int? ReasoningTokensBefore { get; set; }

    public int? ReasoningTokensAfter { get; set; }

    public string? ModelBefore { get; set; }

    public string? ModelAfter { get; set; }

    public string? ProviderBefore { get; set; }

    public string? ProviderAfter { get; set; }
}
