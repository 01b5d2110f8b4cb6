using Jarvis.SemanticKernel.Ledger.Journal;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

public class IntentFormatTests
{
    [Fact]
    public void EverythingKnownOfACall_ComesBack()
    {
        ModelCallContext call = CallsUnderWay.New();

        Assert.Equal(CallsUnderWay.Orphan(call, "gen-1"), Read(Slot(call, "gen-1")));
        Assert.Equal(CallsUnderWay.Orphan(call), Read(Slot(call)));
    }

    [Fact]
    public void CallWithoutAttribution_ComesBack()
    {
        ModelCallContext call = CallsUnderWay.New(attribution: CallAttribution.None);

        Assert.Equal(CallsUnderWay.Orphan(call), Read(Slot(call)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("漢")]
    [InlineData("😀")]
    public void LongTexts_AreCutBetweenCharacters(string character)
    {
        string text = string.Concat(Enumerable.Repeat(character, 500));
        ModelCallContext call = CallsUnderWay.New(text, text, new CallAttribution { Agent = text, Function = text, RunId = text, Route = text });

        AiCallRecord read = Read(Slot(call, "gen-1"))!;

        string cut = string.Concat(Enumerable.Repeat(character, 120 / System.Text.Encoding.UTF8.GetByteCount(character)));
        Assert.Equal(CallsUnderWay.Orphan(CallsUnderWay.New(), "gen-1") with
        {
            CallId = call.CallId,
            GoalId = null,
            Tier = cut,
            RequestedModel = cut,
            Agent = cut,
            Function = cut,
            RunId = cut,
            Route = cut,
        }, read);
    }

    [Fact]
    public void GenerationIdThatDoesNotFit_IsLeftOutInsteadOfCut()
    {
        ModelCallContext call = CallsUnderWay.New();

        Assert.Equal(CallsUnderWay.Orphan(call), Read(Slot(call, new string('g', 200))));
    }

    [Fact]
    public void GenerationIdOfTheSlotsCallBefore_IsNotThatOfThisOne()
    {
        ModelCallContext before = CallsUnderWay.New();
        ModelCallContext call = CallsUnderWay.New();
        byte[] slot = Slot(before, "gen-1");
        Fill(slot, call);

        Assert.Equal(CallsUnderWay.Orphan(call), Read(slot));
    }

    [Fact]
    public void ByteChangedAtEveryPosition_NothingWrongIsRead()
    {
        ModelCallContext call = CallsUnderWay.New();
        byte[] slot = Slot(call, "gen-1");
        AiCallRecord whole = CallsUnderWay.Orphan(call, "gen-1");
        int unreadable = 0;
        for (int at = 0; at < slot.Length; at++)
        {
            byte[] damaged = [.. slot];
            damaged[at] ^= 0xFF;
            AiCallRecord? read = Read(damaged);

            Assert.True(read is null || read == whole || read == whole with { GenerationId = null }, $"byte {at}");
            unreadable += read is null ? 1 : 0;
        }

        Assert.InRange(unreadable, 50, IntentFormat.GenerationIdAt);
    }

    private static byte[] Slot(ModelCallContext call, string? generationId = null)
    {
        byte[] slot = new byte[IntentFormat.SlotSize];
        Fill(slot, call);
        if (generationId is not null)
        {
            byte[] end = new byte[IntentFormat.SlotSize - IntentFormat.GenerationIdAt];
            int length = IntentFormat.WriteGenerationId(end, call.CallId, generationId);
            end.AsSpan(0, length).CopyTo(slot.AsSpan(IntentFormat.GenerationIdAt));
        }

        return slot;
    }

    private static void Fill(byte[] slot, ModelCallContext call)
    {
        IntentFormat.Write(slot, call, CallsUnderWay.StartedAt);
        IntentFormat.OpenState.CopyTo(slot);
    }

    private static AiCallRecord? Read(byte[] slot) => IntentFormat.TryRead(slot, out AiCallRecord? call) ? call : null;
}
