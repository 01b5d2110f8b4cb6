namespace Jarvis.SemanticKernel;

/// <summary>What an operator is told about credits.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Text">A sentence that says it.</param>
/// <param name="Reading">What it rests on.</param>
public sealed record CreditNotice(CreditNoticeKind Kind, string Text, CreditReading Reading);
