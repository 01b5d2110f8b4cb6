using System.Buffers.Binary;
using System.Numerics;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>CRC-32C (Castagnoli), which current processors compute eight bytes at a time.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of both pieces one after the other.</summary>
    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) => ~Add(Add(uint.MaxValue, first), second);

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
