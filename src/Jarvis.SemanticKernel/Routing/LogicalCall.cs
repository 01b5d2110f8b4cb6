using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>One call of a tier's chat service: with a tool loop, several physical calls.</summary>
internal sealed class LogicalCall(CallAttribution attribution, bool isStreaming, RunLatch run)
{
    // Only streams leave something behind: their records are written after the response was handed over.
    private readonly List<ITrackedCall>? _physicalCalls = isStreaming ? [] : null;
    private volatile bool _isOver;

    public CallAttribution Attribution { get; } = attribution;

    public bool IsStreaming { get; } = isStreaming;

    /// <summary>Gets the latch shared by the outermost call and everything its tools call.</summary>
    public RunLatch Run { get; } = run;

    // Work that a tool left behind carries the ambient call for ever. A call that outlives the outermost one still belongs to its run.
    private bool IsOver => _isOver && Run.IsOver;

    /// <summary>Makes the call that the chat service is about to make; what it does not say itself comes from around it.</summary>
    public static LogicalCall Create(CallAttribution own, bool isStreaming)
    {
        (CallAttribution around, LogicalCall? outer) = AmbientCall.Current;
        RunLatch? joined = RunAround();

        // The id that a past run made for itself ends with it. One that a scope named stays as long as the scope.
        string? named = joined is null && outer is not null && around.RunId == outer.Run.OwnId ? null : around.RunId;
        string? made = named is null ? TimeOrderedId.New().ToString("N") : null;
        CallAttribution attribution = own with
        {
            GoalId = own.GoalId ?? around.GoalId,
            Agent = own.Agent ?? around.Agent,
            Function = own.Function ?? around.Function,
            RunId = named ?? made,
        };
        RunLatch run = joined ?? new RunLatch();
        var call = new LogicalCall(attribution, isStreaming, run);
        run.Begin(call, made);
        return call;
    }

    /// <summary>The run that encloses the current code; null outside of any, and when it is over.</summary>
    public static RunLatch? RunAround() => AmbientCall.Current.Call is { IsOver: false } call ? call.Run : null;

    /// <summary>Makes this call the ambient one until the current asynchronous method returns.</summary>
    public void Enter() => AmbientCall.Current = new AmbientCall(Attribution, this);

    /// <summary>Says that the caller has its result. The run is over with its outermost call: what goes on in the background begins runs of its own.</summary>
    public void End()
    {
        _isOver = true;
        Run.End(this);
    }

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
    public async Task AbandonOpenCallsAsync()
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
