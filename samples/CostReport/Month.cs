using Jarvis.SemanticKernel;

namespace CostReportSample;

/// <summary>A month in the life of two agents, the same on every run: one earns, one does not.</summary>
internal static class Month
{
    public static readonly DateTimeOffset Start = new(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset End = Start.AddMonths(1);

    private static readonly (string Tier, string Model, decimal UsdPerToken)[] Tiers =
    [
        ("strong", "anthropic/claude-opus-4.6", 0.000025m), ("mid", "anthropic/claude-sonnet-4.5", 0.000009m), ("cheap", "x-ai/grok-4.1-fast", 0.0000005m),
    ];

    public static IEnumerable<AiCallRecord> Calls()
    {
        Dice random = new();
        for (int day = 0; day < 31; day++)
        {
            // Weekends are quieter.
            int calls = Start.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 6 : 24;
            for (int call = 0; call < calls; call++)
            {
                bool isShop = random.Next(3) > 0;
                (string tier, string model, decimal price) = Tiers[isShop ? random.Next(1, 3) : random.Next(3)];
                int prompt = random.Next(500, 8000);
                bool isCut = random.Next(60) == 0;
                yield return new AiCallRecord
                {
                    CallId = Guid.NewGuid(),
                    StartedAt = Start.AddDays(day).AddHours(6).AddSeconds(random.Next(14 * 3600)),
                    Latency = TimeSpan.FromMilliseconds(random.Next(400, 9000)),
                    Tier = tier,
                    RequestedModel = model,
                    Model = model,
                    GenerationId = $"gen-{day}-{call}",
                    Status = isCut ? AiCallStatus.Cut : AiCallStatus.Ok,
                    HttpStatus = 200,
                    PromptTokens = prompt,
                    CompletionTokens = prompt / 8,
                    CostUsd = isCut ? null : prompt * price,
                    CostSource = isCut ? CostSource.Unknown : CostSource.Reported,
                    GoalId = isShop ? 42 : 7,
                    Agent = isShop ? "restocker" : "researcher",
                };
            }
        }
    }

    #region books
    public static async Task RecordAsync(IBookkeeping books)
    {
        await books.AssignAsync("spare-parts", goal: 42);
        await books.RecordRevenueAsync(
        [
            new Revenue { Strategy = "spare-parts", AmountUsd = 48.50m, EarnedAt = Start.AddDays(9), Source = "order 118", Reference = "118" },
            new Revenue { Strategy = "spare-parts", AmountUsd = 31.20m, EarnedAt = Start.AddDays(23), Source = "order 131", Reference = "131" },
        ]);
        await books.RecordCostsAsync(
        [
            new OperatingCost { Category = OperatingCostCategory.Vm, AmountUsd = 12m, PeriodStart = Start, PeriodEnd = End, Description = "the machine" },

            // Half of it pays for August.
            new OperatingCost { Category = OperatingCostCategory.ApiService, AmountUsd = 6.20m, PeriodStart = Start, PeriodEnd = End.AddDays(31), Goal = 42, Reference = "catalogue 7" },
        ]);
    }
    #endregion

    /// <summary>The same throws on every run, on every machine.</summary>
    private sealed class Dice
    {
        private uint _state = 42;

        public int Next(int most) => Next(0, most);

        public int Next(int least, int most)
        {
            _state = unchecked((_state * 1_664_525) + 1_013_904_223);
            return least + (int)((ulong)(most - least) * _state >> 32);
        }
    }
}
