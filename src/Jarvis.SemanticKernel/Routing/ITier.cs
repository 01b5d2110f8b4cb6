namespace Jarvis.SemanticKernel.Routing;

/// <summary>A tier as one of the interfaces through which it is called.</summary>
internal interface ITier<out TSelf>
{
    string Tier { get; }

    /// <summary>Gets what a call says of itself.</summary>
    CallAttribution Attribution { get; }

    /// <summary>The same tier, for one call.</summary>
    TSelf For(CallAttribution call);
}
