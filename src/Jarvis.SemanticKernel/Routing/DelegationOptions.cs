namespace Jarvis.SemanticKernel;

/// <summary>What a model may hand over to other tiers through the plugin <c>Routing</c>.</summary>
public sealed class DelegationOptions
{
    /// <summary>Gets or sets how deep delegated tasks may delegate in their turn.</summary>
    /// <value>Between 1 and 5; the default is 1: a delegated task delegates nothing.</value>
    public int MaxDepth { get; set; } = 1;

    /// <summary>Gets or sets how many tasks one run may delegate, those that delegated tasks delegate included. A run is an outermost call and all that its tools call.</summary>
    /// <value>Between 1 and 1,000; the default is 20.</value>
    public int MaxTasks { get; set; } = 20;

    /// <summary>Gets or sets a value indicating whether a delegated task may use the tools of its caller, when that asks for it.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool AllowTools { get; set; } = true;
}
