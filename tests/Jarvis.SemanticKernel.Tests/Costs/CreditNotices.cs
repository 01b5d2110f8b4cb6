using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>A notifier that keeps what it brings.</summary>
internal sealed class CreditNotices : IOperatorNotifier
{
    private readonly Channel<CreditNotice> _channel = Channel.CreateUnbounded<CreditNotice>();
    private readonly ConcurrentQueue<CreditNotice> _all = new();

    public Func<Task>? Fails { get; init; }

    public IEnumerable<CreditNotice> All => _all;

    public async Task NotifyAsync(CreditNotice notice, CancellationToken cancellationToken)
    {
        if (Fails is not null)
        {
            await Fails();
        }

        _all.Enqueue(notice);
        _channel.Writer.TryWrite(notice);
    }

    public async Task<CreditNotice> NextAsync() =>
        await _channel.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
