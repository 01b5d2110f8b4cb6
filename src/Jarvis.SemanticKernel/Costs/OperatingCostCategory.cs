namespace Jarvis.SemanticKernel;

/// <summary>What an operating cost was for.</summary>
public enum OperatingCostCategory
{
    /// <summary>Model calls that are not in the ledger. What the ledger recorded is counted from there and does not belong here too.</summary>
    AiInference,

    /// <summary>Machines.</summary>
    Vm,

    /// <summary>Services that are called over the network, other than models.</summary>
    ApiService,

    /// <summary>Anything else.</summary>
    Other,
}
