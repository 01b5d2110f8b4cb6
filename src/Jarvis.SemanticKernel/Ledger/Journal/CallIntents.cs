namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// The calls of this container that are under way, each in a slot of its own. A slot of a call whose record could not be made durable stays taken: the next process records the
/// call then. After being disposed it keeps its files until the last call under way is settled.
/// </summary>
internal sealed class CallIntents(JournalFolder folder, TimeProvider time) : ICallIntents, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<IntentSegment> _segments = [];
    private readonly Stack<Slot> _free = [];
    private bool _isDisposed;

    public ICallIntent Begin(ModelCallContext call)
    {
        Slot slot = Take();
        try
        {
            slot.Begin(call, time.GetUtcNow());
            return slot;
        }
        catch (Exception e) when (JournalFolder.IsFailureOfDisk(e))
        {
            Return(slot);
            throw new JournalUnavailableException(folder.Path, e);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            RemoveIfUnused();
        }
    }

    private Slot Take()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                throw new JournalUnavailableException(folder.Path, null);
            }

            if (!_free.TryPop(out Slot? slot))
            {
                var segment = new IntentSegment(folder);
                _segments.Add(segment);
                for (int i = IntentSegment.Slots - 1; i >= 0; i--)
                {
                    _free.Push(new Slot(this, segment, i * IntentFormat.SlotSize));
                }

                slot = _free.Pop();
            }

            return slot;
        }
    }

    private void Return(Slot slot)
    {
        lock (_gate)
        {
            _free.Push(slot);
            if (_isDisposed)
            {
                RemoveIfUnused();
            }
        }
    }

    private void RemoveIfUnused()
    {
        if (_free.Count == _segments.Count * IntentSegment.Slots)
        {
            _segments.ForEach(segment => segment.Dispose());
            _segments.Clear();
            _free.Clear();
        }
    }

    private sealed class Slot : ICallIntent
    {
        private readonly CallIntents _owner;
        private readonly IntentSegment _segment;
        private readonly int _at;
        private readonly Action<string> _keepGenerationId;
        private Guid _callId;

        public Slot(CallIntents owner, IntentSegment segment, int at)
        {
            (_owner, _segment, _at) = (owner, segment, at);
            _keepGenerationId = KeepGenerationId;
        }

        public void Begin(ModelCallContext call, DateTimeOffset startedAt)
        {
            Span<byte> slot = stackalloc byte[IntentFormat.GenerationIdAt];
            int length = IntentFormat.Write(slot, call, startedAt);
            _segment.Write(_at + 1, slot[1..length]);
            _segment.Write(_at, IntentFormat.OpenState);
            _callId = call.CallId;
            call.GenerationIdKnown = _keepGenerationId;
        }

        public void Settle(ModelCallContext call)
        {
            call.GenerationIdKnown = null;
            try
            {
                _segment.Write(_at, IntentFormat.FreeState);
                _owner.Return(this);
            }
            catch (Exception e) when (JournalFolder.IsFailureOfDisk(e))
            {
                // The slot stays taken. Recorded once more under its id, the call is where it is already.
            }
        }

        private void KeepGenerationId(string generationId)
        {
            Span<byte> slotEnd = stackalloc byte[IntentFormat.SlotSize - IntentFormat.GenerationIdAt];
            int length = IntentFormat.WriteGenerationId(slotEnd, _callId, generationId);
            try
            {
                _segment.Write(_at + IntentFormat.GenerationIdAt, slotEnd[..length]);
            }
            catch (Exception e) when (JournalFolder.IsFailureOfDisk(e))
            {
                // The call goes on. Should the process die too, its record will lack the id.
            }
        }
    }
}
