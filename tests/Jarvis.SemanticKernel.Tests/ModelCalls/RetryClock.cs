using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A clock that tells when somebody begins to wait, and for how long.</summary>
internal sealed class RetryClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        Assert.True(_waits.Writer.TryWrite(dueTime));
        return timer;
    }

    /// <summary>Waits until a wait of this length has begun.</summary>
    public async Task WhenWaitingAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        while (await _waits.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellationToken) != wait)
        {
        }
    }
}
