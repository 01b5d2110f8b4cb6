using System.Globalization;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// What <c>WithTier</c> and <c>WithGoal</c> leave in a call's arguments. The values are of private types: a model that puts the same keys into the arguments of
/// a tool gets strings there, and those are ignored.
/// </summary>
internal static class CallArguments
{
    private const string TierKey = "jarvis_tier";
    private const string GoalKey = "jarvis_goal";

    public static void SetTier(KernelArguments arguments, string tier) => arguments[TierKey] = new TierChoice(tier);

    public static void SetGoal(KernelArguments arguments, int goal) => arguments[GoalKey] = new GoalChoice(goal);

    public static string? FindTier(KernelArguments arguments) => arguments.TryGetValue(TierKey, out object? value) ? (value as TierChoice)?.Tier : null;

    public static int? FindGoal(KernelArguments arguments) => arguments.TryGetValue(GoalKey, out object? value) ? (value as GoalChoice)?.Goal : null;

    // A template that names the key shows the value.
    private sealed record TierChoice(string Tier)
    {
        public override string ToString() => Tier;
    }

    private sealed record GoalChoice(int Goal)
    {
        public override string ToString() => Goal.ToString(CultureInfo.InvariantCulture);
    }
}
