namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What the caller gets for a sample: text and tool calls, or the facts of an error.</summary>
internal sealed record ExpectedReply(string Text = "", string Tools = "", int? Code = null, string? Message = null, int? RetryAfterSeconds = null);
