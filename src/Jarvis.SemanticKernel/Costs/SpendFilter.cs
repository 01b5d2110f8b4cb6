namespace Jarvis.SemanticKernel;

/// <summary>Which calls count: those that agree with every property that is set.</summary>
public sealed record SpendFilter
{
    /// <summary>Gets the filter that all calls pass.</summary>
    public static SpendFilter None { get; } = new();

    /// <summary>Gets the tier.</summary>
    public string? Tier { get; init; }

    /// <summary>Gets the model that answered, or the one asked for when none answered.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the provider that answered.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the goal.</summary>
    public int? Goal { get; init; }

    /// <summary>Gets the agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the run.</summary>
    public string? Run { get; init; }

    /// <summary>Gets the kernel function that made the call, as <c>Plugin.Function</c>.</summary>
    public string? Function { get; init; }

    /// <summary>Gets where the cost comes from.</summary>
    public CostSource? CostSource { get; init; }
}
