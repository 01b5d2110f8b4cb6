using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>One call of a tier's chat service: with a tool loop, several physical calls.</summary>
internal sealed class LogicalCall(CallAttribution attribution, bool isStreaming, RunLatch run)
{
    // Only streams leave something behind: their records are written after the response was handed over.
    private readonly List<ITrackedCall>? _physicalCalls = isStreaming ? [] : null;

    public CallAttribution Attribution { get; } = attribution;

    public bool IsStreaming { get; } = isStreaming;

    /// <summary>Gets the latch shared by the outermost call and everything its tools call.</summary>
    public RunLatch Run { get; } = run;

    /// <summary>Makes the call that the chat service is about to make; what it does not say itself comes from around it.</summary>
    public static LogicalCall Create(CallAttribution own, bool isStreaming)
    {
        (CallAttribution around, LogicalCall? outer) = AmbientCall.Current;
        CallAttribution attribution = own with
        {
            GoalId = own.GoalId ?? around.GoalId,
            Agent = own.Agent ?? around.Agent,
            Function = own.Function ?? around.Function,
            RunId = around.RunId ?? TimeOrderedId.New().ToString("N"),
        };
        return new LogicalCall(attribution, isStreaming, outer?.Run ?? new RunLatch());
    }

    /// <summary>Makes this call the ambient one until the current asynchronous method returns.</summary>
    public void Enter() => AmbientCall.Current = new AmbientCall(Attribution, this);

    /// <summary>Remembers a streamed physical call, whose record is written after its response was handed over.</summary>
    public void Track(ITrackedCall physicalCall)
    {
        lock (_physicalCalls!)
        {
            _physicalCalls.Add(physicalCall);
        }
    }

    /// <summary>
    /// Ends every tracked call that is still open, and completes when all are recorded. The SDK drops a response whose caller cancels as the headers arrive, without
    /// disposing it, so nobody else would end that one. Never throws: a failure has reached the reader or the log.
    /// </summary>
    public async Task EndAsync()
    {
        ITrackedCall[] calls;
        lock (_physicalCalls!)
        {
            calls = [.. _physicalCalls];
        }

        foreach (ITrackedCall call in calls)
        {
            call.Abandon();
            await call.Recorded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
