namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>Reads the entries of a file in the order in which they were written, past whatever is damaged.</summary>
internal sealed class JournalReader(Stream file)
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    private enum Finding
    {
        Entry,
        Incomplete,
        Damage,
    }

    /// <summary>Gets how many damaged places were passed so far.</summary>
    public int Damages { get; private set; }

    /// <summary>Gets a value indicating whether the last entry is incomplete, as a process leaves it that dies while writing.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Gets a value indicating whether there are entries that only a later version of this package can read.</summary>
    public bool IsNewer { get; private set; }

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start.._end);

    /// <summary>Gets the next entry; null at the end.</summary>
    public JournalEntry? Read()
    {
        while (Unread.Length > 0 || Fill())
        {
            Finding found = Look(out JournalEntry? entry, out int length);
            if (found == Finding.Incomplete && !_isAtEnd)
            {
                Fill();
            }
            else if (found == Finding.Entry)
            {
                _start += length;
                if (entry is not null)
                {
                    return entry;
                }
            }
            else
            {
                SkipToNextEntry();
            }
        }

        return null;
    }

    private Finding Look(out JournalEntry? entry, out int length)
    {
        (entry, length) = (null, 0);
        ReadOnlySpan<byte> unread = Unread;
        if (unread.Length < JournalFormat.HeaderLength)
        {
            return Finding.Incomplete;
        }

        ReadOnlySpan<byte> header = unread[..JournalFormat.HeaderLength];
        if (!JournalFormat.TryReadHeader(header, out int payloadLength))
        {
            return Finding.Damage;
        }

        length = JournalFormat.HeaderLength + payloadLength;
        if (unread.Length < length || (unread.Length == length && !_isAtEnd))
        {
            return Finding.Incomplete;
        }

        ReadOnlySpan<byte> payload = unread[JournalFormat.HeaderLength..length];
        if (!JournalFormat.IsIntact(header, payload))
        {
            return Finding.Damage;
        }

        if (JournalFormat.IsNewer(header))
        {
            IsNewer = true;
        }
        else if (!JournalFormat.TryReadPayload(payload, out entry))
        {
            return Finding.Damage;
        }

        if (unread.Length > length)
        {
            // The entry is whole whatever became of the line's end.
            Damages += unread[length] == '\n' ? 0 : 1;
            length++;
        }

        return Finding.Entry;
    }

    private void SkipToNextEntry()
    {
        byte last;
        do
        {
            int next = Unread.IndexOf(JournalFormat.NextEntry);
            if (next >= 0)
            {
                Damages++;
                _start += next + 1;
                return;
            }

            last = Unread[^1];
            _start = Math.Max(_start, _end - JournalFormat.NextEntry.Length + 1);
        }
        while (Fill());

        _start = _end;
        if (last == '\n')
        {
            Damages++;
        }
        else
        {
            IsTorn = true;
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = file.Read(_buffer.AsSpan(_end));
        _end += count;
        _isAtEnd = count == 0;
        return count > 0;
    }
}
