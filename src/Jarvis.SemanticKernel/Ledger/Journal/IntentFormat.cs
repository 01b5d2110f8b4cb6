using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// A call under way in a slot of fixed size: state, version, length and checksum of the body, the body; near the end the generation id with a checksum of its own, since
/// it comes later. The state is written last and cleared first. Texts that are too long are cut here, and only here.
/// </summary>
internal static class IntentFormat
{
    public const int SlotSize = 1024;
    public const int GenerationIdAt = 896;

    private const byte Free = 0;
    private const byte Open = 1;
    private const byte Version = 1;
    private const int LengthAt = 2;
    private const int ChecksumAt = 4;
    private const int BodyAt = 8;
    private const int LongestText = 120;
    private const byte NoText = byte.MaxValue;
    private const int CallIdLength = 16;

    public static ReadOnlySpan<byte> OpenState => [Open];

    public static ReadOnlySpan<byte> FreeState => [Free];

    public static bool IsOpen(ReadOnlySpan<byte> slot) => slot[0] != Free;

    /// <summary>Fills the slot but for its state and returns how much of it is used.</summary>
    public static int Write(Span<byte> slot, ModelCallContext call, DateTimeOffset startedAt)
    {
        slot[1] = Version;
        var body = new Cursor(slot[BodyAt..GenerationIdAt]);
        call.CallId.TryWriteBytes(body.Take(CallIdLength));
        BinaryPrimitives.WriteInt64LittleEndian(body.Take(sizeof(long)), startedAt.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(body.Take(sizeof(int)), call.Attempt);
        body.Take(1)[0] = (byte)(call.IsStreaming ? 1 : 0);
        body.Take(1)[0] = (byte)(call.Attribution.GoalId is null ? 0 : 1);
        BinaryPrimitives.WriteInt32LittleEndian(body.Take(sizeof(int)), call.Attribution.GoalId ?? 0);
        body.WriteText(call.Tier);
        body.WriteText(call.RequestedModel);
        body.WriteText(call.Attribution.Route);
        body.WriteText(call.Attribution.RunId);
        body.WriteText(call.Attribution.Function);
        body.WriteText(call.Attribution.Agent);
        BinaryPrimitives.WriteUInt16LittleEndian(slot[LengthAt..], (ushort)body.Used);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ChecksumAt..], Crc32C.Of(slot.Slice(BodyAt, body.Used)));
        return BodyAt + body.Used;
    }

    /// <summary>Writes the generation id of the call and returns how many bytes it takes; zero when it does not fit, since half an id is none.</summary>
    public static int WriteGenerationId(Span<byte> slotEnd, Guid callId, string generationId)
    {
        if (Utf8.FromUtf16(generationId, slotEnd[(sizeof(uint) + 1)..], out _, out int length) != System.Buffers.OperationStatus.Done)
        {
            return 0;
        }

        slotEnd[sizeof(uint)] = (byte)length;
        BinaryPrimitives.WriteUInt32LittleEndian(slotEnd, ChecksumOf(slotEnd.Slice(sizeof(uint), length + 1), callId));
        return sizeof(uint) + 1 + length;
    }

    /// <summary>Makes the record of a call of which no more is known than that it was to be made.</summary>
    public static bool TryRead(ReadOnlySpan<byte> slot, [NotNullWhen(true)] out AiCallRecord? call)
    {
        call = null;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(slot[LengthAt..]);
        if (slot[0] != Open || slot[1] != Version || length > GenerationIdAt - BodyAt
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[ChecksumAt..]) != Crc32C.Of(slot.Slice(BodyAt, length)))
        {
            return false;
        }

        var body = new ReadCursor(slot.Slice(BodyAt, length));
        Guid callId = new(body.Take(CallIdLength));
        var startedAt = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(body.Take(sizeof(long))), TimeSpan.Zero);
        int attempt = BinaryPrimitives.ReadInt32LittleEndian(body.Take(sizeof(int)));
        bool isStreamed = body.Take(1)[0] != 0;
        bool hasGoal = body.Take(1)[0] != 0;
        int goal = BinaryPrimitives.ReadInt32LittleEndian(body.Take(sizeof(int)));
        call = new AiCallRecord
        {
            CallId = callId,
            StartedAt = startedAt,
            Attempt = attempt,
            IsStreamed = isStreamed,
            GoalId = hasGoal ? goal : null,
            Tier = body.ReadText() ?? string.Empty,
            RequestedModel = body.ReadText() ?? string.Empty,
            Route = body.ReadText(),
            RunId = body.ReadText(),
            Function = body.ReadText(),
            Agent = body.ReadText(),
            GenerationId = ReadGenerationId(slot[GenerationIdAt..], callId),
            Status = AiCallStatus.Cut,
            Error = "failure=ProcessDied",
        };
        return true;
    }

    private static string? ReadGenerationId(ReadOnlySpan<byte> slotEnd, Guid callId)
    {
        int length = slotEnd[sizeof(uint)];
        return length > 0 && length < slotEnd.Length - sizeof(uint)
            && BinaryPrimitives.ReadUInt32LittleEndian(slotEnd) == ChecksumOf(slotEnd.Slice(sizeof(uint), length + 1), callId)
            ? Encoding.UTF8.GetString(slotEnd.Slice(sizeof(uint) + 1, length))
            : null;
    }

    // With the call's own id in it: what the slot's call before left there is no id of this one.
    private static uint ChecksumOf(ReadOnlySpan<byte> text, Guid callId)
    {
        Span<byte> id = stackalloc byte[CallIdLength];
        callId.TryWriteBytes(id);
        return Crc32C.Of(id, text);
    }

    private ref struct Cursor(Span<byte> bytes)
    {
        private readonly Span<byte> _bytes = bytes;

        public int Used { get; private set; }

        public Span<byte> Take(int length)
        {
            Used += length;
            return _bytes.Slice(Used - length, length);
        }

        public void WriteText(string? text)
        {
            Span<byte> length = Take(1);
            if (text is null)
            {
                length[0] = NoText;
                return;
            }

            Utf8.FromUtf16(text, _bytes.Slice(Used, LongestText), out _, out int written);
            length[0] = (byte)written;
            Used += written;
        }
    }

    private ref struct ReadCursor(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        public ReadOnlySpan<byte> Take(int length)
        {
            ReadOnlySpan<byte> taken = _left[..length];
            _left = _left[length..];
            return taken;
        }

        public string? ReadText()
        {
            byte length = Take(1)[0];
            return length == NoText ? null : Encoding.UTF8.GetString(Take(length));
        }
    }
}
