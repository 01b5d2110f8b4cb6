namespace Jarvis.SemanticKernel;

/// <summary>What became of an amount that was to be recorded.</summary>
/// <param name="Id">Its row, or that of the one recorded before under the same reference.</param>
/// <param name="IsNew">Whether it was recorded now. If not, the same had been recorded under its reference.</param>
public sealed record Booking(int Id, bool IsNew);
