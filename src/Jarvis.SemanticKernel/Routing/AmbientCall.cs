namespace Jarvis.SemanticKernel.Routing;

/// <summary>What flows with the asynchronous control flow. Immutable: an inner scope replaces it and is replaced when it ends.</summary>
/// <param name="Attribution">Whom to attribute calls to.</param>
/// <param name="Call">The call of a tier's chat service that encloses the current code; null outside of any.</param>
internal sealed record AmbientCall(CallAttribution Attribution, LogicalCall? Call)
{
    private static readonly AsyncLocal<AmbientCall?> Ambient = new();

    private static AmbientCall Outside { get; } = new(CallAttribution.None, null);

    public static AmbientCall Current
    {
        get => Ambient.Value ?? Outside;
        set => Ambient.Value = value;
    }
}
