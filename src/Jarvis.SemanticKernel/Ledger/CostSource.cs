namespace Jarvis.SemanticKernel;

/// <summary>Where the cost of a call comes from.</summary>
public enum CostSource
{
    /// <summary>Nobody has said what the call cost. Unknown is not zero.</summary>
    Unknown,

    /// <summary>The upstream reported it with the answer.</summary>
    Reported,

    /// <summary>The upstream reported it when it was asked about the call afterwards.</summary>
    Reconciled,

    /// <summary>Tokens multiplied by a price list, for endpoints that report no cost.</summary>
    Computed,
}
