using System.Text.Json;
using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Testing;

namespace PlannerSample;

/// <summary>What the simulator's models say. Used only where no key is set: a model over OpenRouter says what it wants.</summary>
internal static class ScriptedModel
{
    public static SimulatedReply Answer(SimulatedRequest request)
    {
        JsonElement[] messages = [.. request.Body.GetProperty("messages").EnumerateArray()];
        string prompt = messages.First(message => message.GetProperty("role").ValueEquals("user")).GetProperty("content").GetString()!;
        int results = messages.Count(message => message.GetProperty("role").ValueEquals("tool"));
        bool isSplit = prompt == Prompts.Split;
        return (prompt, results) switch
        {
            (Prompts.Split or Prompts.AllStrong, 0) => SimulatedReply.ToolCalls(new SimulatedToolCall("Routing-list_tiers", "{}")),
            (Prompts.Split or Prompts.AllStrong, 1) => SimulatedReply.ToolCalls(
                Delegate(Prompts.Label, isSplit ? Tier.Cheap : Tier.Strong), Delegate(Prompts.Facts, isSplit ? Tier.Cheap : Tier.Strong), Delegate(Prompts.Text, isSplit ? Tier.Mid : Tier.Strong)),
            (Prompts.Split or Prompts.AllStrong, _) => SimulatedReply.Text(
                "Spring is here, and so are saddles and chains. You asked, we answer: a service takes two days, old batteries are welcome, and two children's bikes cost less than one and a half. "
                + "Three of you had reason to complain about parts and parcels; we have written to each of you."),
            (Prompts.Label, _) => SimulatedReply.Text("1 praise\n2 complaint\n3 question\n4 praise\n5 complaint\n6 question\n7 complaint\n8 praise\n9 question\n10 complaint"),
            (Prompts.Facts, _) => SimulatedReply.Text("How long a service takes. Whether batteries are taken back. Whether two bikes get a discount."),
            (Prompts.Text, _) => SimulatedReply.Text(
                "The first warm evenings are the ones that count. If your bicycle has spent the winter in the cellar, now is the time to look at it: saddles and chains are in stock again, in every size we know. "
                + "Our workshop needs two days for a service, so a bicycle that comes on Monday is back for the ride to work on Wednesday. We look forward to seeing you."),
            _ => SimulatedReply.Text("This prompt is not in the script."),
        };
    }

    private static SimulatedToolCall Delegate(string task, string tier) => new("Routing-delegate", JsonSerializer.Serialize(new { task, tier }));
}
