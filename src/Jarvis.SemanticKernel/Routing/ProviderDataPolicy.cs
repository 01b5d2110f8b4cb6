namespace Jarvis.SemanticKernel;

/// <summary>Whether providers may serve that keep prompts.</summary>
public enum ProviderDataPolicy
{
    /// <summary>Providers may serve that keep prompts and may train on them.</summary>
    Allow,

    /// <summary>Only providers may serve that do not collect what users write.</summary>
    Deny,
}
