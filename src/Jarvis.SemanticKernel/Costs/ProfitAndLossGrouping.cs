namespace Jarvis.SemanticKernel;

/// <summary>What the lines of a profit and loss report stand for.</summary>
public enum ProfitAndLossGrouping
{
    /// <summary>A goal.</summary>
    Goal,

    /// <summary>A strategy, with the costs of its goal.</summary>
    Strategy,
}
