namespace Jarvis.SemanticKernel;

/// <summary>A question about what was left over.</summary>
public sealed record ProfitAndLossQuery
{
    /// <summary>Gets the first instant of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Gets the first instant after the period.</summary>
    /// <value>Later than <see cref="From"/>.</value>
    public required DateTimeOffset To { get; init; }

    /// <summary>Gets what the lines stand for.</summary>
    /// <value>The default, <see langword="null"/>, asks for the total alone.</value>
    public ProfitAndLossGrouping? By { get; init; }
}
