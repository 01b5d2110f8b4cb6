using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>
/// Version 7 ids (RFC 9562): milliseconds, then 74 random bits. <see cref="Guid.CreateVersion7()"/> asks the operating system for its random bits, which costs more
/// than the rest of a call's bookkeeping; these ids are names and no secrets.
/// </summary>
internal static class TimeOrderedId
{
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "An id is a name, nobody is kept out by not knowing it.")]
    public static Guid New()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        Random.Shared.NextBytes(bytes[6..]);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
