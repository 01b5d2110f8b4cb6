using System.Globalization;
using System.Text;
using Jarvis.SemanticKernel.Ledger.Journal;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Whatever happens to the bytes of a journal: no record comes back changed, and everything that can be read is.</summary>
public class JournalReaderTests
{
    private static readonly AiCallRecord[] Five = [.. Enumerable.Range(1, 5).Select(JournalBytes.Short)];

    [Fact]
    public void EveryMemberOfARecord_ComesBack()
    {
        Assert.Empty(JournalBytes.MembersWithTheirDefault(JournalBytes.FullRecord));

        (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read(JournalBytes.Write(JournalBytes.FullRecord));

        Assert.Equal(JournalBytes.FullRecord, Assert.Single(records));
        Assert.Equal((0, false, false), (reader.Damages, reader.IsTorn, reader.IsNewer));
    }

    [Theory]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("0.10")]
    [InlineData("-0.5")]
    [InlineData("0")]
    public void Cost_ComesBackWithAllItsDigits(string cost)
    {
        AiCallRecord record = JournalBytes.FullRecord with { CostUsd = decimal.Parse(cost, CultureInfo.InvariantCulture) };

        AiCallRecord read = Assert.Single(JournalBytes.Read(JournalBytes.Write(record)).Records);

        Assert.Equal(cost, read.CostUsd!.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(AiCallStatus.Ok)]
    [InlineData(AiCallStatus.Error)]
    [InlineData(AiCallStatus.Cancelled)]
    [InlineData(AiCallStatus.Timeout)]
    [InlineData(AiCallStatus.Cut)]
    public void RecordWithoutAnythingOptional_ComesBack(AiCallStatus status)
    {
        AiCallRecord record = JournalBytes.Short(1) with { Status = status, CostUsd = null };

        Assert.Equal(record, Assert.Single(JournalBytes.Read(JournalBytes.Write(record)).Records));
    }

    [Fact]
    public void Line_CanBeReadByPeople()
    {
        string line = Encoding.UTF8.GetString(JournalBytes.Write(JournalBytes.Short(1)));

        Assert.Matches("^J1 [0-9a-f]{8} [0-9a-f]{8} \\{.*\"requestedModel\":\"m\".*\"costUsd\":0.000000001.*\\}\n$", line);
    }

    [Fact]
    public void CutAtEveryPosition_EverythingBeforeIsKeptAndTheRestIsReportedAsTorn()
    {
        byte[] bytes = JournalBytes.Write(Five);
        int[] ends = [.. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n')];
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read(bytes[..cut]);

            // An entry that lacks only the end of its line is whole.
            Assert.Equal(Five[..ends.Count(end => end <= cut)], records);
            Assert.Equal(cut != 0 && !ends.Contains(cut) && !ends.Contains(cut - 1), reader.IsTorn);
            Assert.Equal(0, reader.Damages);
        }
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void ByteChangedAtEveryPosition_TheOthersAreReadAndTheDamageIsReported(byte change)
    {
        byte[] bytes = JournalBytes.Write(Five);
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= change;
            (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read(damaged);

            int hit = bytes.AsSpan(0, at).Count((byte)'\n');
            bool isReported = reader.Damages > 0 || (reader.IsTorn && hit == Five.Length - 1);
            Assert.Equal(Five.Where((_, i) => i != hit), records.Where(record => record != Five[hit]));
            Assert.True(isReported || records.Count == Five.Length, $"byte {at}");
            Assert.False(reader.IsNewer);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5000)]
    public void TailOfZeros_IsTorn(int length)
    {
        (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read([.. JournalBytes.Write(Five), .. new byte[length]]);

        Assert.Equal(Five, records);
        Assert.Equal((0, true), (reader.Damages, reader.IsTorn));
    }

    [Fact]
    public void Garbage_IsPassedOver()
    {
        byte[] garbage = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i / 7))];
        (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read([.. JournalBytes.Write(Five[..2]), .. garbage, (byte)'\n', .. JournalBytes.Write(Five[2..])]);

        Assert.Equal(Five, records);
        Assert.True(reader.Damages > 0);
    }

    [Fact]
    public void RecordsLargerThanTheBuffer_AreRead()
    {
        AiCallRecord[] large = [.. Five.Select(record => record with { Agent = new string('a', 300_000) })];

        Assert.Equal(large, JournalBytes.Read(JournalBytes.Write(large)).Records);
    }

    [Fact]
    public void RecordTooLargeToRead_IsNotWritten()
    {
        AiCallRecord large = Five[0] with { Agent = new string('a', JournalFormat.LongestPayload) };

        Assert.Throws<InvalidDataException>(() => JournalBytes.Write(large));
    }

    [Fact]
    public void LineOfALaterVersion_IsKnownAsSuch()
    {
        byte[] line = JournalBytes.Write(Five[0]);
        line[1] = (byte)'2';
        byte[] withChecksum = [.. line[..12], .. Encoding.ASCII.GetBytes($"{Crc32C.Of(line.AsSpan(0, 12), line.AsSpan(21, line.Length - 22)):x8}"), .. line[20..]];
        (IReadOnlyList<AiCallRecord> records, JournalReader reader) = JournalBytes.Read([.. withChecksum, .. JournalBytes.Write(Five[1])]);

        Assert.Equal([Five[1]], records);
        Assert.Equal((0, false, true), (reader.Damages, reader.IsTorn, reader.IsNewer));
    }
}
