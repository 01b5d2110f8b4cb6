namespace Jarvis.SemanticKernel;

/// <summary>The most that a provider may charge; null is no limit.</summary>
public sealed class ProviderMaxPrice
{
    /// <summary>Gets or sets the limit for a million tokens of the prompt, in USD. Zero or more.</summary>
    public decimal? PromptUsdPerMillion { get; set; }

    /// <summary>Gets or sets the limit for a million tokens of the answer, in USD. Zero or more.</summary>
    public decimal? CompletionUsdPerMillion { get; set; }

    /// <summary>Gets or sets the limit for a request, in USD. Zero or more.</summary>
    public decimal? RequestUsd { get; set; }

    /// <summary>Gets or sets the limit for an image, in USD. Zero or more.</summary>
    public decimal? ImageUsd { get; set; }

    /// <summary>Gets or sets the limit for a unit of sound, in USD. Zero or more.</summary>
    public decimal? AudioUsd { get; set; }
}
