using Jarvis.SemanticKernel.Routing;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// What wants to start: its own scopes, and the calls around it. A switch that covers a call stops everything inside of it, so a tool or a nested call is stopped with
/// the calls around it, and what is nested is stopped without them where only it is covered.
/// </summary>
internal readonly struct KillSwitchSubject
{
    private readonly string? _tier;
    private readonly string? _model;
    private readonly CallAttribution? _attribution;
    private readonly PromptRenderContext? _prompt;

    private KillSwitchSubject(string? tier, string? model, CallAttribution attribution, LogicalCall? call, PromptRenderContext? prompt = null) =>
        (_tier, _model, _attribution, Call, _prompt) = (tier, model, attribution, call, prompt);

    /// <summary>Gets the innermost call around it; null outside of any.</summary>
    public LogicalCall? Call { get; }

    /// <summary>A function that is about to run.</summary>
    public static KillSwitchSubject OfCurrentCode() => new(null, null, AmbientCall.Current.Attribution, LogicalCall.Around());

    /// <summary>A prompt that is about to be rendered.</summary>
    public static KillSwitchSubject Of(PromptRenderContext prompt) => new(null, null, AmbientCall.Current.Attribution, LogicalCall.Around(), prompt);

    /// <summary>A request on its way. The call travels with it: the ambient one of a handler may be another.</summary>
    public static KillSwitchSubject Of(HttpRequestMessage request) => TierRequest.Of(request) is { } tier
        ? new(tier.Tier, tier.Model, tier.Call?.Attribution ?? CallAttribution.None, tier.Call)
        : OfCurrentCode();

    /// <summary>Finds the switch that keeps it from starting, and the outermost call that this switch stops.</summary>
    public KillSwitchState? FindStop(KillSwitchSnapshot snapshot, out LogicalCall? stopped)
    {
        stopped = null;
        if (snapshot.StopOfAll is { } all)
        {
            stopped = Outermost;
            return all;
        }

        if (snapshot.Stops.Count == 0)
        {
            return null;
        }

        KillSwitchState? found = snapshot.FindStop(OwnScopes);
        for (LogicalCall? call = Call; call is not null; call = call.Outer)
        {
            if (snapshot.FindStop(call.Scopes) is { } stop)
            {
                (found, stopped) = (stop, call);
            }
        }

        return found;
    }

    /// <summary>
    /// Finds an activation since the calls around it began, released meanwhile or not, and the outermost call that it stops. A call begins with the first snapshot that
    /// it is held against.
    /// </summary>
    public KillSwitchState? FindActivation(KillSwitchSnapshot snapshot, out LogicalCall? stopped)
    {
        (KillSwitchState? found, stopped) = (null, null);
        for (LogicalCall? call = Call; call is not null; call = call.Outer)
        {
            long beganAt = call.Latch.BeginAt(snapshot.Version);
            if (snapshot.NewestActivation > beganAt && snapshot.FindActivationSince(beganAt, call.Scopes) is { } activation)
            {
                (found, stopped) = (activation, call);
            }
        }

        return found;
    }

    /// <summary>Finds a switch that covers it, is active and wants what is under way to be cut.</summary>
    public KillSwitchState? FindCut(KillSwitchSnapshot snapshot, KillSwitchInFlight unlessSaid)
    {
        foreach (KillSwitchState stop in snapshot.Stops)
        {
            if (stop is { Fault: null, Scope.Kind: not KillSwitchScopeKind.Unknown } && (stop.InFlight ?? unlessSaid) == KillSwitchInFlight.Cancel && IsCoveredBy(stop.Scope))
            {
                return stop;
            }
        }

        return null;
    }

    /// <summary>Remembers that everything around it is stopped.</summary>
    public void StopAll(Exception cause) => Outermost?.Latch.Stop(cause);

    /// <summary>Remembers that the outermost call that the switch covers is stopped.</summary>
    public void Stop(KillSwitchScope scope, Exception cause)
    {
        LogicalCall? stopped = null;
        for (LogicalCall? call = Call; call is not null; call = call.Outer)
        {
            stopped = scope.IsOfAll || call.Scopes.Contains(scope) ? call : stopped;
        }

        stopped?.Latch.Stop(cause);
    }

    public void ThrowIfStopped() => Call?.ThrowIfStopped();

    // Asked for only when something is stopped.
    private KillSwitchScope[] OwnScopes =>
    [
        .. Call is { } call && ReferenceEquals(call.Attribution, _attribution) ? [] : KillSwitchScope.Covering(_tier, _model, _attribution ?? CallAttribution.None),
        .. _prompt is null ? [] : PromptScopes.Of(_prompt),
    ];

    private bool IsCoveredBy(KillSwitchScope scope)
    {
        bool isCovered = scope.IsOfAll || OwnScopes.Contains(scope);
        for (LogicalCall? call = Call; call is not null && !isCovered; call = call.Outer)
        {
            isCovered = call.Scopes.Contains(scope);
        }

        return isCovered;
    }

    private LogicalCall? Outermost
    {
        get
        {
            LogicalCall? outermost = Call;
            while (outermost?.Outer is { } outer)
            {
                outermost = outer;
            }

            return outermost;
        }
    }
}
