namespace Jarvis.SemanticKernel;

/// <summary>What a model call is for.</summary>
public sealed record CallAttribution
{
    internal static CallAttribution None { get; } = new();

    /// <summary>Gets the goal the call works for, or <see langword="null"/>.</summary>
    public int? GoalId { get; init; }

    /// <summary>Gets the agent that makes the call, or <see langword="null"/>.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets the kernel function that makes the call, as <c>Plugin.Function</c>, or <see langword="null"/>.</summary>
    public string? Function { get; init; }

    /// <summary>Gets the run that the call belongs to: all calls that one outermost call led to, or those of a <see cref="JarvisScope"/> that named one.</summary>
    public string? RunId { get; init; }

    /// <summary>
    /// Gets which rule chose the tier: <c>service_id</c>, <c>model_id</c>, <c>with_tier</c>, <c>rule:</c> with the pattern of the route, <c>default</c>, or <c>direct</c> for a
    /// call of a tier's own chat service; or <c>fallback</c>, when it serves in place of the one that was chosen, <c>delegated</c>, when a model handed it over, or <c>foreign</c>,
    /// when a chat client that is not ours does.
    /// </summary>
    public string? Route { get; init; }
}
