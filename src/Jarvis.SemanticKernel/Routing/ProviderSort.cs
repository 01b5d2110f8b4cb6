namespace Jarvis.SemanticKernel;

/// <summary>By what OpenRouter sorts the providers of a model.</summary>
public enum ProviderSort
{
    /// <summary>The cheapest first.</summary>
    Price,

    /// <summary>The one with the most tokens a second first.</summary>
    Throughput,

    /// <summary>The one that begins soonest first.</summary>
    Latency,

    /// <summary>The one that calls tools most exactly first.</summary>
    Exacto,
}
