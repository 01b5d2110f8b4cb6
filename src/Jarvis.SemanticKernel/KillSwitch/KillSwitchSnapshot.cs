namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The states of all switches at one moment. Immutable.</summary>
internal sealed class KillSwitchSnapshot
{
    private readonly Dictionary<KillSwitchScope, KillSwitchEntry> _entries;

    private KillSwitchSnapshot(long version, Dictionary<KillSwitchScope, KillSwitchEntry> entries)
    {
        (Version, _entries) = (version, entries);
        Global = entries.TryGetValue(KillSwitchScope.Global, out KillSwitchEntry? global) ? global.State : new KillSwitchState { IsActive = false };
        Stops = [.. entries.Values.Select(entry => entry.State).Where(state => state.IsActive)];

        // The global switch wins in what is reported; what nobody knows stops everything too.
        StopOfAll = Global.IsActive ? Global : Stops.FirstOrDefault(state => state.Scope.Kind == KillSwitchScopeKind.Unknown);
        NewestActivation = entries.Values.Select(entry => entry.ActivatedIn).DefaultIfEmpty().Max();
        NewestActivationOfAll = entries.Values.Where(entry => entry.State.Scope.IsOfAll).Select(entry => entry.ActivatedIn).DefaultIfEmpty().Max();
    }

    /// <summary>Before anything was read: nothing is known to be stopped.</summary>
    public static KillSwitchSnapshot Empty { get; } = new(0, []);

    public long Version { get; }

    public KillSwitchState Global { get; }

    /// <summary>Gets what is stopped, what cannot be told included.</summary>
    public IReadOnlyList<KillSwitchState> Stops { get; }

    /// <summary>Gets the version of the newest activation of any switch, released meanwhile or not.</summary>
    public long NewestActivation { get; }

    /// <summary>Gets the state that stops whatever wants to start; null when there is none.</summary>
    public KillSwitchState? StopOfAll { get; }

    private long NewestActivationOfAll { get; }

    public static KillSwitchSnapshot Of(KillSwitchRows rows, KillSwitchSnapshot before)
    {
        Dictionary<KillSwitchScope, KillSwitchEntry> entries = new(rows.Rows.Count);
        foreach (KillSwitchRow row in rows.Rows.Where(row => KillSwitchKey.IsOfASwitch(row.Key)))
        {
            var scope = KillSwitchScope.FromKey(row.Key);
            var entry = new KillSwitchEntry(KillSwitchValue.Read(row, scope), row.ActivatedIn, row.Value is not null, before._entries.GetValueOrDefault(scope)?.LastActivation);

            // Two keys of one tier that differ in case: what stops wins.
            entries[scope] = entries.TryGetValue(scope, out KillSwitchEntry? twin) ? twin.Join(entry) : entry;
        }

        return new KillSwitchSnapshot(rows.Version, entries);
    }

    /// <summary>The same with one switch activated since, the version of which is not known yet: it is at least the next one.</summary>
    public KillSwitchSnapshot With(KillSwitchState activation) =>
        new(Version, new(_entries) { [activation.Scope] = new KillSwitchEntry(activation, Version + 1, HasRow: true, activation) });

    /// <summary>The global state first, then those of the others that were ever used, by their keys.</summary>
    public IReadOnlyList<KillSwitchState> ToStates() =>
    [
        Global,
        .. _entries.Values.Where(entry => entry.State.Scope != KillSwitchScope.Global && (entry.HasRow || entry.State.IsActive))
            .Select(entry => entry.State).OrderBy(state => state.Scope.Key, StringComparer.Ordinal),
    ];

    public bool IsActive(KillSwitchScope scope) => _entries.TryGetValue(scope, out KillSwitchEntry? entry) && entry.State is { IsActive: true, Fault: null };

    public KillSwitchState? FindStop(KillSwitchScope[] scopes)
    {
        foreach (KillSwitchScope scope in scopes)
        {
            if (_entries.TryGetValue(scope, out KillSwitchEntry? entry) && entry.State.IsActive)
            {
                return entry.State;
            }
        }

        return null;
    }

    /// <summary>Finds an activation newer than a version, of everything or of one of the scopes, released meanwhile or not.</summary>
    public KillSwitchState? FindActivationSince(long version, KillSwitchScope[] scopes) =>
        NewestActivationOfAll > version ? _entries.Values.First(entry => entry.State.Scope.IsOfAll && entry.ActivatedIn > version).AsActivation()
        : Array.Find(scopes, scope => _entries.TryGetValue(scope, out KillSwitchEntry? entry) && entry.ActivatedIn > version) is { } activated ? _entries[activated].AsActivation()
        : null;
}
