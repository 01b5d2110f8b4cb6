using Jarvis.SemanticKernel.Ledger;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>Callers who do not wait for their records, because they dropped their streams, cannot fill the memory.</summary>
public class RecordBacklogTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TooManyRecordsWait_NoCallLeavesUntilOneIsDurable()
    {
        HangingLedger ledger = new();
        AiCallLogFilter filter = new(ledger, new RecordBacklog());
        List<Task> abandoned = [.. Enumerable.Range(0, RecordBacklog.Most).Select(_ => CallAsync(filter, () => { }))];
        Assert.Equal(RecordBacklog.Most, ledger.Waiting.Count);

        int left = 0;
        Task[] held = [.. Enumerable.Range(0, 3).Select(_ => CallAsync(filter, () => Interlocked.Increment(ref left)))];
        Assert.Equal(0, left);
        Assert.All(held, call => Assert.False(call.IsCompleted));

        // Each of them takes the place again at once, since its own record waits then.
        for (int i = 0; i < held.Length; i++)
        {
            ledger.Waiting[i].SetResult();
            await abandoned[i].WaitAsync(Bound, Ct);
        }

        await Fixtures.Eventually.TrueAsync(() => Task.FromResult(ledger.Count == RecordBacklog.Most + held.Length), Ct);
        Assert.Equal(held.Length, left);
        ledger.EndAll();
        await Task.WhenAll(abandoned.Concat(held)).WaitAsync(Bound, Ct);
    }

    [Fact]
    public async Task HeldCall_ThatIsGivenUp_NeverLeavesAndHasNoRecord()
    {
        HangingLedger ledger = new();
        AiCallLogFilter filter = new(ledger, new RecordBacklog());
        List<Task> abandoned = [.. Enumerable.Range(0, RecordBacklog.Most).Select(_ => CallAsync(filter, () => { }))];
        using CancellationTokenSource caller = new();
        bool hasLeft = false;
        Task held = CallAsync(filter, () => hasLeft = true, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.WaitAsync(Bound, Ct));
        ledger.EndAll();
        await Task.WhenAll(abandoned).WaitAsync(Bound, Ct);
        Assert.False(hasLeft);
        Assert.Equal(RecordBacklog.Most, ledger.Count);
    }

    [Fact]
    public async Task RecordThatFails_MakesRoomToo()
    {
        HangingLedger ledger = new();
        AiCallLogFilter filter = new(ledger, new RecordBacklog());
        List<Task> abandoned = [.. Enumerable.Range(0, RecordBacklog.Most).Select(_ => CallAsync(filter, () => { }))];
        Task held = CallAsync(filter, () => { }, Ct);

        ledger.Waiting[0].SetException(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => abandoned[0].WaitAsync(Bound, Ct));
        await Fixtures.Eventually.TrueAsync(() => Task.FromResult(ledger.Count == RecordBacklog.Most + 1), Ct);
        ledger.EndAll();
        await Task.WhenAll(abandoned.Skip(1).Append(held)).WaitAsync(Bound, Ct);
    }

    private static async Task CallAsync(AiCallLogFilter filter, Action leave, CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = new();
        ModelCallContext context = new(request, Tier.Mid, "model", cancellationToken);
        await filter.OnModelCallAsync(context, call =>
        {
            leave();
            call.Status = AiCallStatus.Cancelled;
            return Task.CompletedTask;
        });
    }

    private sealed class HangingLedger : IAiCallLedger
    {
        private readonly Lock _gate = new();

        public List<TaskCompletionSource> Waiting { get; } = [];

        public int Count
        {
            get
            {
                lock (_gate)
                {
                    return Waiting.Count;
                }
            }
        }

        public Task AppendAsync(AiCallRecord record)
        {
            TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                Waiting.Add(waiting);
            }

            return waiting.Task;
        }

        public void EndAll()
        {
            lock (_gate)
            {
                Waiting.ForEach(waiting => waiting.TrySetResult());
            }
        }
    }
}
