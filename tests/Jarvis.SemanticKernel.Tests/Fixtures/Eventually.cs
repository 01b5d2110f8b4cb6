namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>Waits for what nothing signals. Bounded, and the bound is never what a passing test waits for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task TrueAsync(Func<Task<bool>> conditionAsync, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Bound);
        while (!await conditionAsync())
        {
            await Task.Delay(Pause, bounded.Token);
        }
    }
}
