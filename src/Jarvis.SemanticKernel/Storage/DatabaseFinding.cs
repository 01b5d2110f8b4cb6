namespace Jarvis.SemanticKernel;

/// <summary>What <see cref="IJarvisDatabase.ExamineAsync"/> found about one thing.</summary>
/// <param name="Subject">What was looked at, in a word or two.</param>
/// <param name="Outcome">Whether it is as it should be.</param>
/// <param name="Detail">What was found and, where it is not as it should be, what to do. Never a password.</param>
public sealed record DatabaseFinding(string Subject, DatabaseFindingOutcome Outcome, string Detail);
