namespace Jarvis.SemanticKernel;

/// <summary>What a switch stops.</summary>
public enum KillSwitchScopeKind
{
    /// <summary>Everything.</summary>
    Global,

    /// <summary>The calls of one tier, and the tools of their runs.</summary>
    Tier,

    /// <summary>The calls that ask for one model, and the tools of their runs.</summary>
    Model,

    /// <summary>The calls and tools of one agent, as <see cref="JarvisScope"/> names it.</summary>
    Agent,

    /// <summary>The calls and tools that work for one goal.</summary>
    Goal,

    /// <summary>Something that this version of the package does not know. While such a switch is active it stops everything: somebody wanted something stopped.</summary>
    Unknown,
}
