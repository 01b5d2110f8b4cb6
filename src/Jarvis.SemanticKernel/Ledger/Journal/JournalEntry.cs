using System.Text.Json.Serialization;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>A record in the journal.</summary>
/// <param name="Record">The record, whole.</param>
/// <param name="Refusal">Why the database refused it: the kind of the failure, never its message; null for a record that waits for the database.</param>
internal sealed record JournalEntry(AiCallRecord Record, string? Refusal = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
