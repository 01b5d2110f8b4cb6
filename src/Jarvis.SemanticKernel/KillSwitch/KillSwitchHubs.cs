using System.Security.Cryptography;
using System.Text;
using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The hubs of one process, one for each database that its containers look at.</summary>
internal sealed class KillSwitchHubs
{
    private readonly Guid _process = TimeOrderedId.New();
    private readonly Lock _gate = new();

    // Weakly: members hold their hub, and a hub that listens is held by its waiting. The names are without passwords: they outlive the containers.
    private readonly List<(string Database, string Listen, TimeProvider Time, WeakReference<KillSwitchHub> Hub)> _known = [];

    public static KillSwitchHubs OfThisProcess { get; } = new();

    /// <summary>Finds the hub that is shared by all who look at <paramref name="database"/> and listen on <paramref name="listen"/>.</summary>
    /// <param name="database">What tells the database from others. No password.</param>
    /// <param name="listen">What tells the server that is listened to from others. No password.</param>
    /// <param name="time">The clock; tests have their own.</param>
    public KillSwitchHub Of(string database, string listen, TimeProvider time)
    {
        lock (_gate)
        {
            _known.RemoveAll(known => !known.Hub.TryGetTarget(out _));
            foreach ((string otherDatabase, string otherListen, TimeProvider otherTime, WeakReference<KillSwitchHub> reference) in _known)
            {
                if (otherDatabase == database && otherListen == listen && otherTime == time && reference.TryGetTarget(out KillSwitchHub? found))
                {
                    return found;
                }
            }

            var hub = new KillSwitchHub(RowId(database, listen), (from, state) => TellActivation(database, from, state), time);
            _known.Add((database, listen, time, new WeakReference<KillSwitchHub>(hub)));
            return hub;
        }
    }

    private void TellActivation(string database, KillSwitchMember from, KillSwitchState state)
    {
        List<KillSwitchHub> hubs = [];
        lock (_gate)
        {
            foreach ((string other, _, _, WeakReference<KillSwitchHub> reference) in _known)
            {
                if (other == database && reference.TryGetTarget(out KillSwitchHub? hub))
                {
                    hubs.Add(hub);
                }
            }
        }

        hubs.ForEach(hub => hub.Believe(from, state));
    }

    // The same again when a hub has ended and another begins: it is the same process.
    private Guid RowId(string database, string listen) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{_process}\n{database}\n{listen}")).AsSpan(0, 16));
}
