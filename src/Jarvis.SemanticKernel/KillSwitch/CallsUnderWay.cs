using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The calls under way in one container. Adding and removing one takes a lock for nanoseconds; all are looked at only when something is stopped.</summary>
/// <param name="inFlight">What becomes of them when the activation does not say.</param>
internal sealed class CallsUnderWay(KillSwitchInFlight inFlight = KillSwitchInFlight.Finish)
{
    private readonly Lock _gate = new();
    private KillSwitchSnapshot _snapshot = KillSwitchSnapshot.Empty;
    private Place? _first;

    /// <summary>Adds a call that passed its check. What was activated since then stops it at once.</summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result is what removes the call.")]
    public IDisposable Add(StopLink link)
    {
        var place = new Place(this, link);
        lock (_gate)
        {
            place.Next = _first;
            if (_first is not null)
            {
                _first.Previous = place;
            }

            _first = place;
            StopIfCovered(link, _snapshot);
        }

        return place;
    }

    /// <summary>Stops every call that the snapshot says is stopped, or that it says was since the call began.</summary>
    public void Apply(KillSwitchSnapshot snapshot)
    {
        lock (_gate)
        {
            bool isNews = snapshot.Stops.Count > 0 || snapshot.NewestActivation > _snapshot.NewestActivation;
            _snapshot = snapshot;
            for (Place? place = isNews ? _first : null; place is not null; place = place.Next)
            {
                StopIfCovered(place.Link, snapshot);
            }
        }
    }

    // A switch that cannot be told keeps calls from starting; it ends none. One that was released meanwhile lets what is under way finish.
    private void StopIfCovered(StopLink link, KillSwitchSnapshot snapshot)
    {
        KillSwitchState? stop = link.Subject.FindStop(snapshot, out _);
        if ((stop is { Fault: null } ? stop : link.Subject.FindActivation(snapshot, out _)) is { } state)
        {
            link.Stop(state);
        }

        if (link.Subject.FindCut(snapshot, inFlight) is { } cut)
        {
            link.Cut(cut);
        }
    }

    private sealed class Place(CallsUnderWay calls, StopLink link) : IDisposable
    {
        private bool _isRemoved;

        public StopLink Link => link;

        public Place? Next { get; set; }

        public Place? Previous { get; set; }

        public void Dispose()
        {
            lock (calls._gate)
            {
                if (_isRemoved)
                {
                    return;
                }

                _isRemoved = true;
                if (Previous is null)
                {
                    calls._first = Next;
                }
                else
                {
                    Previous.Next = Next;
                }

                if (Next is not null)
                {
                    Next.Previous = Previous;
                }
            }
        }
    }
}
