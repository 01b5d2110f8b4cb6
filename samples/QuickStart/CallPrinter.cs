using Jarvis.SemanticKernel;

namespace QuickStart;

/// <summary>Shows every call on the wire: the rounds of a tool loop and retries are calls of their own.</summary>
internal sealed class CallPrinter : IModelCallFilter
{
    private static int _sent;

    public static int Sent => _sent;

    #region filter
    public async Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        Interlocked.Increment(ref _sent);
        await next(context);
        Screen.Call(context.Tier, context.Usage, context.Latency);
    }
    #endregion
}
