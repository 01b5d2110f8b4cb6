namespace Jarvis.SemanticKernel.TestWorker;

/// <summary>Which physical calls a caller's logical call was made of. Their ids travel with the requests, so that the upstream's log can be compared.</summary>
internal sealed class SeenCalls : IModelCallFilter
{
    public const string Header = "X-Test-Call-Id";

    private static readonly AsyncLocal<List<Guid>?> Current = new();

    /// <summary>Collects the calls that are made from here on in this flow.</summary>
    public static List<Guid> Collect() => Current.Value = [];

    public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        context.Request.Headers.Remove(Header);
        context.Request.Headers.Add(Header, context.CallId.ToString());
        List<Guid> calls = Current.Value!;
        lock (calls)
        {
            calls.Add(context.CallId);
        }

        return next(context);
    }
}
