using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

/// <summary>Reads what the next process would find, while this one is alive.</summary>
internal static class IntentFiles
{
    public static List<AiCallRecord> Read(TemporaryFolder folder)
    {
        List<AiCallRecord> calls = [];
        foreach (string name in folder.Files("*.intents"))
        {
            using FileStream file = JournalFolder.TryRead(name)!;
            byte[] slot = new byte[IntentFormat.SlotSize];
            while (file.ReadAtLeast(slot, slot.Length, throwOnEndOfStream: false) == slot.Length)
            {
                if (IntentFormat.IsOpen(slot))
                {
                    Assert.True(IntentFormat.TryRead(slot, out AiCallRecord? call));
                    calls.Add(call);
                }
            }
        }

        return calls;
    }
}
