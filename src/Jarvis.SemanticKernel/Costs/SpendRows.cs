namespace Jarvis.SemanticKernel.Costs;

/// <summary>What a store has summed. <paramref name="Latency"/> is that of all lines together.</summary>
internal sealed record SpendRows(IReadOnlyList<SpendLine> Lines, SpendLatency? Latency, bool IsFromRawRows);
