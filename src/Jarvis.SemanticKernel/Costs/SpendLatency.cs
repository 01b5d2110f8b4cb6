namespace Jarvis.SemanticKernel;

/// <summary>How long calls took, from leaving to their last byte, whatever became of them. Each percentile is the time of a call, the nearest rank, and no interpolation.</summary>
public sealed record SpendLatency
{
    /// <summary>Gets the number of calls whose time is known. Other programs do not write it.</summary>
    public long Calls { get; init; }

    /// <summary>Gets the time within which half of the calls were over.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>Gets the time within which 95 of 100 calls were over.</summary>
    public TimeSpan P95 { get; init; }

    /// <summary>Gets the time within which 99 of 100 calls were over.</summary>
    public TimeSpan P99 { get; init; }
}
