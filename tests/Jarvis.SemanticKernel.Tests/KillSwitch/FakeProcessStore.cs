using System.Collections.Concurrent;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Remembers what was written and when, by the test's clock.</summary>
internal sealed class FakeProcessStore(TimeProvider time) : IProcessStore
{
    private readonly ConcurrentQueue<(long Version, DateTimeOffset At)> _beats = new();
    private int _underWay;

    public IReadOnlyList<(long Version, DateTimeOffset At)> Beats => [.. _beats];

    public long? LastVersion => _beats.LastOrDefault() is { At.Ticks: > 0 } last ? last.Version : null;

    public int Sweeps { get; private set; }

    public int MostUnderWay { get; private set; }

    public ConcurrentDictionary<Guid, bool> Rows { get; } = new();

    /// <summary>What a write does besides.</summary>
    public Func<Task> OnWriteAsync { get; set; } = () => Task.CompletedTask;

    public async Task BeatAsync(Guid id, string host, int pid, string program, long switchVersion, CancellationToken cancellationToken)
    {
        MostUnderWay = Math.Max(MostUnderWay, Interlocked.Increment(ref _underWay));
        try
        {
            await OnWriteAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }

        Rows[id] = true;
        _beats.Enqueue((switchVersion, time.GetUtcNow()));
    }

    public async Task RemoveAsync(Guid id, CancellationToken cancellationToken)
    {
        await OnWriteAsync();
        Rows.TryRemove(id, out _);
    }

    public Task RemoveSilentAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        Sweeps++;
        return Task.CompletedTask;
    }

    public Task<KillSwitchProcessReport> ReadAsync(TimeSpan liveWithin, CancellationToken cancellationToken) => throw new NotSupportedException();
}
