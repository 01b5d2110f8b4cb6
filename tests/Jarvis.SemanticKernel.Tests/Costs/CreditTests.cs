namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>Tests of what the monitor does with the readings of a <see cref="CreditWatch"/>.</summary>
public abstract class CreditTests : IAsyncLifetime
{
    private CreditWatch? _watch;

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected CreditWatch Watch => _watch!;

    public async ValueTask InitializeAsync() => _watch = await CreditWatch.StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Watch.DisposeAsync();
    }
}
