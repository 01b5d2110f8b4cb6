using Jarvis.SemanticKernel.Ledger.Journal;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

public class Crc32CTests
{
    // The check value of the algorithm, and the examples of RFC 3720, B.4.
    [Fact]
    public void Of_KnownBytes_IsTheKnownChecksum()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
    }

    [Fact]
    public void Of_TwoPieces_IsThatOfTheWhole()
    {
        byte[] bytes = [.. Enumerable.Range(0, 50).Select(i => (byte)(i * 7))];
        for (int i = 0; i <= bytes.Length; i++)
        {
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(0, i), bytes.AsSpan(i)));
        }
    }
}
