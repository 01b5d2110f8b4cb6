namespace Jarvis.SemanticKernel.Testing;

/// <summary>A part of a body that is sent as one: a chunk, or a comment between chunks.</summary>
internal readonly record struct BodyPart(ReadOnlyMemory<byte> Bytes, bool IsChunk);
