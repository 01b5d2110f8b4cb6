namespace Jarvis.SemanticKernel;

/// <summary>What the lines of a spend report stand for.</summary>
public enum SpendGrouping
{
    /// <summary>A tier.</summary>
    Tier,

    /// <summary>The model that answered, or the one asked for when none answered.</summary>
    Model,

    /// <summary>The provider that answered, as the upstream names it; calls of which nobody knows it share a line.</summary>
    Provider,

    /// <summary>A goal; calls without one share a line.</summary>
    Goal,

    /// <summary>An agent; calls without one share a line.</summary>
    Agent,

    /// <summary>A run; calls without one share a line.</summary>
    Run,

    /// <summary>The kernel function that made the call; calls outside a function share a line.</summary>
    Function,

    /// <summary>Where the cost comes from; rows that other programs wrote do not say it and share a line.</summary>
    CostSource,

    /// <summary>An hour of the query's time zone.</summary>
    Hour,

    /// <summary>A day of the query's time zone, from midnight to midnight: 23 or 25 hours when clocks change.</summary>
    Day,

    /// <summary>A week of the query's time zone, from Monday to Monday.</summary>
    Week,

    /// <summary>A calendar month of the query's time zone.</summary>
    Month,
}
