using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>A tool call that a simulated model makes.</summary>
/// <param name="Name">The function's name as the request offered it, for Semantic Kernel <c>Plugin-Function</c>.</param>
/// <param name="ArgumentsJson">The arguments, sent as they are even when they are no JSON, because models do that too; <see langword="null"/> leaves them out
/// of the answer, as recorded in 2025 for functions without parameters.</param>
/// <param name="Id">The call's id; <see langword="null"/> generates one per answer.</param>
public sealed record SimulatedToolCall(string Name, [property: StringSyntax(StringSyntaxAttribute.Json)] string? ArgumentsJson = "{}", string? Id = null);
