using Jarvis.SemanticKernel.Storage;

namespace Jarvis.SemanticKernel.Tests.Storage;

public sealed class ReadyOnceTests
{
    [Fact]
    public async Task EnsureAsync_ManyAtOnce_RunOnceAndAgainOnlyAfterAFailure()
    {
        int runs = 0;
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ReadyOnce ready = new(() => Interlocked.Increment(ref runs) == 1 ? first.Task : Task.CompletedTask);
        Task[] waiting = [.. Enumerable.Range(0, 20).Select(_ => ready.EnsureAsync(TestContext.Current.CancellationToken).AsTask())];
        first.SetException(new TimeoutException());
        foreach (Task task in waiting)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => task);
        }

        await ready.EnsureAsync(TestContext.Current.CancellationToken);
        await ready.EnsureAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task EnsureAsync_OneWaiterGivesUp_TheOthersDoNot()
    {
        TaskCompletionSource run = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ReadyOnce ready = new(() => run.Task);
        using CancellationTokenSource impatient = new();
        Task one = ready.EnsureAsync(impatient.Token).AsTask();
        Task two = ready.EnsureAsync(TestContext.Current.CancellationToken).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        run.SetResult();
        await two;
    }
}
