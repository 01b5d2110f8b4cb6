namespace Jarvis.SemanticKernel;

/// <summary>How serious a <see cref="DatabaseFinding"/> is.</summary>
public enum DatabaseFindingOutcome
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, and somebody should know.</summary>
    Notice,

    /// <summary>A promise of the package does not hold.</summary>
    Fault,
}
