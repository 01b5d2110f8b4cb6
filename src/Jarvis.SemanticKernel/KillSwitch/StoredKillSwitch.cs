namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The switches in the shared database, without the power to release one.</summary>
internal sealed class StoredKillSwitch(KillSwitchGuard guard, IKillSwitchStore store, TimeProvider time) : IKillSwitch
{
    public CancellationToken StopToken => guard.StopToken;

    public KillSwitchGuard Guard => guard;

    public async ValueTask<KillSwitchState> GetStateAsync(CancellationToken cancellationToken = default)
    {
        KillSwitchState state = (await guard.GetSnapshotAsync(cancellationToken).ConfigureAwait(false)).Global;
        return state.Fault is null ? state : throw KillSwitchFault.ToException(state);
    }

    public async ValueTask<IReadOnlyList<KillSwitchState>> GetStatesAsync(CancellationToken cancellationToken = default) =>
        (await guard.GetSnapshotAsync(cancellationToken).ConfigureAwait(false)).ToStates();

    public ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken = default) => guard.ThrowIfActiveAsync(cancellationToken);

    public async Task ActivateAsync(string reason, string triggeredBy, KillSwitchActivation? activation = null, CancellationToken cancellationToken = default)
    {
        KillSwitchChange.Validate(reason, triggeredBy);
        KillSwitchScope scope = activation?.Scope ?? KillSwitchScope.Global;
        KillSwitchInFlight? inFlight = activation?.InFlight;
        if (inFlight is { } chosen && !Enum.IsDefined(chosen))
        {
            throw new ArgumentOutOfRangeException(
                nameof(activation), chosen, $"{nameof(KillSwitchActivation.InFlight)} is no {nameof(KillSwitchInFlight)}. Accepted is one of its values, or null.");
        }

        DateTimeOffset at = time.GetUtcNow();
        string value = KillSwitchValue.Active(reason, at, inFlight);
        await KillSwitchChange.WriteAsync(
            store, token => store.ActivateAsync(scope.Key, value, reason, triggeredBy, at, token), cancellationToken).ConfigureAwait(false);
        guard.AcceptActivation(new KillSwitchState { Scope = scope, IsActive = true, Reason = reason, Since = at, InFlight = inFlight });
    }

    public async Task<IReadOnlyList<KillSwitchAuditEntry>> GetHistoryAsync(int limit = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        IReadOnlyList<KillSwitchAuditEntry> entries = [];
        await KillSwitchChange.WriteAsync(
            store, async token => entries = await store.ReadHistoryAsync(limit, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return entries;
    }
}
