using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>
/// Random histories on a real database, step by step: switches of every scope are activated, released, written by hand, damaged and lost, by two processes and from
/// outside; clocks go on, processes restart, and calls with and without tools are made between. No call starts while a switch that covers it is active and the process has
/// made it so or has had the time to see it; and none is refused when nothing covers it.
/// </summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A history that can be repeated.")]
public abstract class SwitchHistoryTests
{
    private const int Steps = 120;

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, Environment.GetEnvironmentVariable("JARVIS_TEST_FULL") == "1" ? 100 : 2)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RandomHistory_NoCallStartsThatAKnownSwitchCovers(int seed)
    {
        Random random = new(seed);
        await using TestDatabase database = await CreateDatabaseAsync();
        await using SwitchHistory history = await SwitchHistory.StartAsync(database, random);
        try
        {
            for (int step = 0; step < Steps; step++)
            {
                await history.StepAsync();
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Assert.Fail($"Seed {seed}: {failure.Message}\n{string.Join('\n', history.Log)}");
        }

        // A history in which nothing was refused, or nothing let through, would show nothing.
        Assert.True(history.Refused > 5 && history.Started > 5, $"Seed {seed}: {history.Refused} refused, {history.Started} started.");
    }

    /// <summary>Callers and operators at the same time, by the real clock.</summary>
    [Fact]
    public async Task CallersAndOperatorsAtOnce_NoCallStartsWhileASwitchOfItsOwnProcessCoversIt()
    {
        await using TestDatabase database = await CreateDatabaseAsync();
        await using ConcurrentHistory history = await ConcurrentHistory.StartAsync(database);

        await history.RunAsync();

        history.AssertHolds();
    }

    private protected abstract Task<TestDatabase> CreateDatabaseAsync();
}
