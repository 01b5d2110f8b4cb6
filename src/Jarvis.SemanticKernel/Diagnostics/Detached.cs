namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Starts work that belongs to no single caller: the ambient values of whoever happens to be first stay out of it.</summary>
internal static class Detached
{
    private static readonly ExecutionContext Empty = CaptureEmpty();

    public static Task Run(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Task.Run(work);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work);
        }
    }

    /// <summary>
    /// Runs the first steps of the work here and now, on the caller's thread. Merely suppressing the flow would let these see the caller's values.
    /// </summary>
    public static void RunHere(ContextCallback work, object state) => ExecutionContext.Run(Empty, work, state);

    /// <summary>Creates a timer that is not running yet.</summary>
    public static ITimer CreateTimer(TimeProvider time, Action callback)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Create();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Create();
        }

        ITimer Create() => time.CreateTimer(static run => ((Action)run!)(), callback, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // Only a thread that was started without a context has none.
    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? empty = null;
        var thread = new Thread(() => empty = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return empty!;
    }
}
