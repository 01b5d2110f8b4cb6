namespace Jarvis.SemanticKernel;

/// <summary>What became of the records that the database had refused.</summary>
/// <param name="Stored">How many records it has now, those included that it had already.</param>
/// <param name="StillRefused">How many it refuses again. They stay where they are.</param>
/// <param name="FilesInUse">How many files were left alone, since a process holds them, which it does for up to a minute after a refusal, or since a newer version wrote them.</param>
/// <param name="Fault">Why it ended early, or <see langword="null"/>. Never holds a password.</param>
public sealed record JournalRetryReport(long Stored, long StillRefused, int FilesInUse, string? Fault);
