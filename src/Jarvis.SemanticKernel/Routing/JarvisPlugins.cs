namespace Jarvis.SemanticKernel;

/// <summary>Which plugins are imported into every kernel.</summary>
[Flags]
public enum JarvisPlugins
{
    /// <summary>No plugin.</summary>
    None = 0,

    /// <summary>A model may ask for the state of the kill switch and activate it, never release it.</summary>
    KillSwitch = 1,

    /// <summary>A model may ask what was spent.</summary>
    CostReport = 2,

    /// <summary>A model may hand tasks over to other tiers.</summary>
    Routing = 4,

    /// <summary>Every plugin.</summary>
    All = KillSwitch | CostReport | Routing,
}
