using System.Collections.Immutable;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>When and in which pieces a reply is sent, and where it is cut.</summary>
internal sealed record ReplyDelivery
{
    public static readonly ReplyDelivery AtOnce = new();

    public TimeSpan After { get; init; }

    public ImmutableArray<Task> Gates { get; init; } = [];

    public ImmutableArray<(int Chunk, Task Gate)> Pauses { get; init; } = [];

    public bool CutBeforeHeaders { get; init; }

    public int? CutAfterBytes { get; init; }

    public int? CutAfterChunks { get; init; }

    public int? EndAfterChunks { get; init; }

    public int? PieceSize { get; init; }

    public bool IsImmediate => ReferenceEquals(this, AtOnce);
}
