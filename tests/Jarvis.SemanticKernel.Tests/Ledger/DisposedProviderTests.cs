using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>A program that ends while calls are under way.</summary>
public class DisposedProviderTests
{
    private const int Calls = 20;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DisposedWithCallsUnderWay_EachHasItsRecord(bool isAsync)
    {
        await using SqliteTestDatabase database = new();
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(database.Setting);
        TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        jarvis.Upstream.DefaultReply = SimulatedReply.Text("x").WithUsage(7, 3, "0.5").WaitFor(mayAnswer.Task);
        Task<ChatMessageContent>[] calls = [.. Enumerable.Range(0, Calls).Select(_ => jarvis.Chat("mid").GetChatMessageContentAsync("Work", cancellationToken: Ct))];
        await jarvis.Upstream.WaitForRequestsAsync(Calls, Ct);

        mayAnswer.SetResult();
        var provider = (ServiceProvider)jarvis.Services;
        await (isAsync ? provider.DisposeAsync().AsTask() : Task.Run(provider.Dispose, Ct));

        foreach (Task<ChatMessageContent> call in calls)
        {
            await call.WaitAsync(Bound, Ct);
        }

        // What came too late for the database is in the journal, and the next process brings it in.
        await using JarvisHarness next = await JarvisHarness.StartAsync(database.Setting);
        next.Services.GetRequiredService<LedgerJournal>().Start();
        await Eventually.TrueAsync(async () => (await database.ReadCallsAsync()).Count >= Calls, Ct);
        Assert.Equal(Enumerable.Repeat((0.5m, "ok"), Calls), (await database.ReadCallsAsync()).Select(call => (call.CostUsd!.Value, call.Status)));

        // The file goes after the last of its records is in.
        await Eventually.TrueAsync(() => Task.FromResult(Directory.GetFiles($"{database.Setting}.journal", "*.journal", SearchOption.AllDirectories).Length == 0), Ct);
    }
}
