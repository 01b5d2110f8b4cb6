namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The allow-listed members of an error object as they stand on the wire.</summary>
internal sealed class ErrorFacts
{
    /// <summary>Gets or sets the code when it is a number; OpenRouter sends a word now and then.</summary>
    public int? Code { get; set; }

    public string? Message { get; set; }

    public string? ErrorType { get; set; }

    public string? LimitSource { get; set; }

    public string? ProviderName { get; set; }

    public string? AvailabilityCode { get; set; }

    public decimal? RetryAfterSeconds { get; set; }

    /// <summary>Gets or sets a value indicating whether moderation says what it found. What it found is not read: it quotes the prompt.</summary>
    public bool QuotesWhatWasFlagged { get; set; }
}
