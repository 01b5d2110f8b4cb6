using System.Text.Json;
using Jarvis.SemanticKernel.Testing;

namespace KillSwitchSample;

/// <summary>What the simulator's model says: after each mail something about it, and that it wants the next one. It never comes to an end.</summary>
internal static class ScriptedModel
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(60);

    private static readonly string[] Thoughts =
    [
        "I look into the inbox and answer whatever is there, one mail after the other, for as long as there is any.",
        "A bent wheel. I apologise, promise a new one for Thursday and write that the old one need not be sent back.",
        "Another bent wheel, from another street. The same apology, the same new wheel, and a voucher for the trouble.",
        "A third one. It does not occur to me that something is wrong with the wheels; I apologise and send a new one.",
    ];

    public static SimulatedReply Answer(SimulatedRequest request)
    {
        int mails = request.Body.GetProperty("messages").EnumerateArray().Count(message => message.GetProperty("role").ValueEquals("tool"));
        string thought = Thoughts[mails < Thoughts.Length ? mails : 1 + (mails % (Thoughts.Length - 1))];

        // Semantic Kernel offers no tools any more when a run has had very many rounds. Then the run ends, and the next one begins.
        SimulatedReply reply = request.Body.TryGetProperty("tools", out JsonElement _)
            ? SimulatedReply.ToolCalls(new SimulatedToolCall("Inbox-Next")).WithText(thought)
            : SimulatedReply.Text("That was a long run. I begin again.");
        return Enumerable.Range(1, thought.Length / 4).Aggregate(reply, static (slow, piece) => slow.PauseAfterChunk(piece, Task.Delay(Pace * piece)));
    }
}
