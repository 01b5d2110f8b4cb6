using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>One call of a tier's chat service: with a tool loop, several physical calls.</summary>
internal sealed class LogicalCall
{
    // Only streams leave something behind: their records are written after the response was handed over.
    private readonly List<ITrackedCall>? _physicalCalls;
    private KillSwitchScope[]? _scopes;
    private volatile bool _isOver;

    private LogicalCall(string tier, string? model, IReadOnlyList<string> fallbackModels, CallAttribution attribution, bool isStreaming, Run run, LogicalCall? outer)
    {
        (Tier, Model, FallbackModels, Attribution, IsStreaming, Run, Outer) = (tier, model, fallbackModels, attribution, isStreaming, run, outer);
        _physicalCalls = isStreaming ? [] : null;
    }

    public string Tier { get; }

    public string? Model { get; }

    /// <summary>Gets the models that may answer instead.</summary>
    public IReadOnlyList<string> FallbackModels { get; }

    public CallAttribution Attribution { get; }

    public bool IsStreaming { get; }

    /// <summary>Gets the call in whose tools this one was made; null for the outermost one of a run.</summary>
    public LogicalCall? Outer { get; }

    /// <summary>Gets what is shared by the outermost call and everything its tools call.</summary>
    public Run Run { get; }

    /// <summary>Gets or sets a value indicating whether a chat client that is not ours serves it.</summary>
    public bool IsForeign { get; set; }

    /// <summary>Gets a value indicating whether a call that has records of its own was made inside it.</summary>
    public bool HasCallInside { get; private set; }

    public StopLatch Latch { get; } = new();

    /// <summary>Gets the scopes whose switches stop this call, the global one left out. Made when they are first asked for, which is when something is stopped.</summary>
    public KillSwitchScope[] Scopes => _scopes ??= KillSwitchScope.Covering(Tier, Model, Attribution, FallbackModels);

    // Work that a tool left behind carries the ambient call for ever. A call that outlives the outermost one still belongs to its run.
    private bool IsOver => _isOver && Run.IsOver;

    /// <summary>Makes the call that the chat service is about to make; what it does not say itself comes from around it.</summary>
    public static LogicalCall Create(string tier, string? model, CallAttribution own, bool isStreaming, IReadOnlyList<string>? fallbackModels = null)
    {
        (CallAttribution around, LogicalCall? ambient) = AmbientCall.Current;
        LogicalCall? outer = Around();
        outer?.HasCallInside = true;

        // The id that a past run made for itself ends with it. One that a scope named stays as long as the scope.
        string? named = outer is null && ambient is not null && around.RunId == ambient.Run.OwnId ? null : around.RunId;
        string? made = named is null ? TimeOrderedId.New().ToString("N") : null;
        CallAttribution attribution = own with
        {
            GoalId = own.GoalId ?? around.GoalId,
            Agent = own.Agent ?? around.Agent,
            Function = own.Function ?? around.Function,
            RunId = named ?? made,
        };
        return new LogicalCall(tier, model, fallbackModels ?? [], attribution, isStreaming, outer?.Run ?? new Run(made), outer);
    }

    /// <summary>The call that encloses the current code; null outside of any, and when its run is over.</summary>
    public static LogicalCall? Around() => AmbientCall.Current.Call is { IsOver: false } call ? call : null;

    /// <summary>Makes this call the ambient one until the current asynchronous method returns.</summary>
    public void Enter() => AmbientCall.Current = new AmbientCall(Attribution, this);

    /// <summary>Says that the caller has its result. The run is over with its outermost call: what goes on in the background begins runs of its own.</summary>
    public void End()
    {
        _isOver = true;
        if (Outer is null)
        {
            Run.End();
        }
    }

    /// <summary>Throws when this call, or one around it, was stopped.</summary>
    public void ThrowIfStopped()
    {
        for (LogicalCall? call = this; call is not null; call = call.Outer)
        {
            call.Latch.ThrowIfStopped();
        }
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
