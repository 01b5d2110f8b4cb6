namespace Jarvis.SemanticKernel;

/// <summary>The tiers that are configured. Thread-safe.</summary>
public interface ITierCatalog
{
    /// <summary>Gets the names of the tiers, in the order in which they were configured.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Gets the tier that serves a call that names none.</summary>
    string DefaultTier { get; }

    /// <summary>Gets the model that serves a tier.</summary>
    /// <param name="tier">The tier's name, compared without regard to case.</param>
    /// <returns>The model id, or <see langword="null"/> when there is no such tier.</returns>
    string? FindModel(string tier);
}
