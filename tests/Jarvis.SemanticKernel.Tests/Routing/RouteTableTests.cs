using Jarvis.SemanticKernel.Routing;

namespace Jarvis.SemanticKernel.Tests.Routing;

/// <summary>Of several rules that fit the most telling one wins, in whatever order they were written.</summary>
public class RouteTableTests
{
    /// <summary>The patterns, the function, the pattern that wins.</summary>
    public static TheoryData<string[], string, string?> Decisions { get; } = new()
    {
        { [], "Planner.Plan", null },
        { ["Planner.*"], "Planner.Plan", "Planner.*" },
        { ["planner.*"], "PLANNER.Plan", "planner.*" },
        { ["Planner.*"], "PlannerX.Plan", null },
        { ["Planner.*"], "Planner", null },
        { ["Planner*"], "Planner", "Planner*" },
        { ["Plan"], "Planner.Plan", null },
        { ["Plan"], "Plan", "Plan" },
        { ["*.Plan"], "Planner.Plan", "*.Plan" },
        { ["*.Plan"], "Planner.Replan", null },
        { ["*"], "Anything", "*" },
        { ["Planner.*", "Planner.Plan"], "Planner.Plan", "Planner.Plan" },
        { ["*lanner.Pla*", "Planner.Plan"], "Planner.Plan", "Planner.Plan" },
        { ["Planner.Plan*", "Planner.Plan"], "Planner.Plan", "Planner.Plan" },
        { ["Planner.*", "*.PlanEverything"], "Planner.PlanEverything", "Planner.*" },
        { ["Planner.*", "Planner.Plan*"], "Planner.PlanDay", "Planner.Plan*" },
        { ["Planner.*Day", "Planner.*"], "Planner.PlanDay", "Planner.*Day" },
        { ["*", "P*"], "Planner.Plan", "P*" },
        { ["*Plan", "*Pl*n"], "Planner.Plan", "*Plan" },
        { ["*n.Day", "*r.Day"], "Man.Day", "*n.Day" },
        { ["*b.a*", "*a.b*"], "aa.b.ab", "*a.b*" },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Find_TakesTheMostTellingRule(string[] patterns, string function, string? winner)
    {
        Assert.All([patterns, patterns.Reverse()], order =>
        {
            RouteTable table = new(order.Select(pattern => KeyValuePair.Create(pattern, $"tier of {pattern}")));

            RouteRule? rule = table.Find(function);

            Assert.Equal((winner is null ? null : $"rule:{winner}", winner is null ? null : $"tier of {winner}"), (rule?.Route, rule?.Tier));
        });
    }
}
