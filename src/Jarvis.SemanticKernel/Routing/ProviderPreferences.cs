namespace Jarvis.SemanticKernel;

/// <summary>What a tier asks of the providers that serve its models, as OpenRouter's <c>provider</c>. What is not set is not sent. Execution settings that bring a <c>provider</c> of their own win.</summary>
public sealed class ProviderPreferences
{
    /// <summary>Gets or sets the providers to try first, in this order, by their slugs. A slug such as <c>deepinfra</c> covers its regions and variants.</summary>
    public IReadOnlyList<string> Order { get; set; } = [];

    /// <summary>Gets or sets the only providers that may serve.</summary>
    public IReadOnlyList<string> Only { get; set; } = [];

    /// <summary>Gets or sets the providers that may not serve.</summary>
    public IReadOnlyList<string> Ignore { get; set; } = [];

    /// <summary>Gets or sets the quantizations that may serve, such as <c>fp8</c>.</summary>
    public IReadOnlyList<string> Quantizations { get; set; } = [];

    /// <summary>Gets or sets whether other providers may serve when those of <see cref="Order"/> cannot.</summary>
    /// <value>OpenRouter's default is <see langword="true"/>.</value>
    public bool? AllowFallbacks { get; set; }

    /// <summary>Gets or sets whether only providers may serve that know every parameter of the request.</summary>
    /// <value>OpenRouter's default is <see langword="false"/>.</value>
    public bool? RequireParameters { get; set; }

    /// <summary>Gets or sets whether providers may serve that keep prompts and may train on them.</summary>
    /// <value>OpenRouter's default is <see cref="ProviderDataPolicy.Allow"/>, unless the account says otherwise.</value>
    public ProviderDataPolicy? DataCollection { get; set; }

    /// <summary>Gets or sets whether only endpoints may serve that retain nothing. It can tighten what the account says, never loosen it.</summary>
    public bool? Zdr { get; set; }

    /// <summary>Gets or sets whether only models may serve whose author allows their texts to be distilled.</summary>
    public bool? EnforceDistillableText { get; set; }

    /// <summary>Gets or sets by what the providers are sorted, instead of the draw among cheap and stable ones.</summary>
    public ProviderSort? Sort { get; set; }

    /// <summary>Gets the most that a provider may charge. A hard limit: when nobody is under it, the call fails.</summary>
    public ProviderMaxPrice MaxPrice { get; } = new();
}
