namespace Jarvis.SemanticKernel;

/// <summary>What a line of a spend report stands for.</summary>
public enum SpendGrouping
{
    /// <summary>A tier.</summary>
    Tier,

    /// <summary>The model that answered, or the one asked for when none answered.</summary>
    Model,

    /// <summary>A goal; calls without one share a line.</summary>
    Goal,
}
