using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// Appends entries to a file of this container. Callers that wait at the same time share a write and an fsync, on a thread that is there for as long as somebody waits: one of
/// the pool would be missing to others while the disk works. Goes on when it is disposed, without keeping a file open: a call may outlive its container.
/// </summary>
internal sealed class JournalWriter(JournalFolder folder, string kind) : IDisposable
{
    private readonly Lock _queue = new();
    private readonly Lock _writing = new();
    private List<Waiter> _waiting = [];
    private bool _isRunning;
    private bool _isDisposed;
    private FileStream? _file;

    /// <summary>Gets a value indicating whether anything was ever written.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Completes when the entry is on the disk.</summary>
    public Task AppendAsync(JournalEntry entry)
    {
        var waiter = new Waiter(entry);
        lock (_queue)
        {
            _waiting.Add(waiter);
            if (_isRunning)
            {
                return waiter.Task;
            }

            _isRunning = true;
        }

        new Thread(Run) { IsBackground = true, Name = "Jarvis journal" }.UnsafeStart();
        return waiter.Task;
    }

    /// <summary>Lets go of the file, so that it can be replayed. The next entry begins another one.</summary>
    public void Seal()
    {
        lock (_writing)
        {
            Close();
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _isDisposed = true;
            Close();
        }
    }

    private void Run()
    {
        while (Take() is { } batch)
        {
            Write(batch);
        }
    }

    private List<Waiter>? Take()
    {
        lock (_queue)
        {
            _isRunning = _waiting.Count > 0;
            if (!_isRunning)
            {
                return null;
            }

            List<Waiter> batch = _waiting;
            _waiting = [];
            return batch;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every failure reaches the callers whose entries it concerns.")]
    private void Write(List<Waiter> batch)
    {
        using var bytes = new MemoryStream();
        List<Waiter> written = new(batch.Count);
        foreach (Waiter waiter in batch)
        {
            try
            {
                JournalFormat.Write(bytes, waiter.Entry);
                written.Add(waiter);
            }
            catch (Exception e)
            {
                waiter.SetException(e);
            }
        }

        try
        {
            lock (_writing)
            {
                Append(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            }
        }
        catch (Exception e)
        {
            written.ForEach(waiter => waiter.SetException(e));
            return;
        }

        written.ForEach(waiter => waiter.SetResult());
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bool isNew = _file is null;
        _file ??= folder.Create(kind);
        long length = _file.Length;
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, length);
        }
        catch
        {
            _file.SetLength(length);
            throw;
        }

        try
        {
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
            if (isNew)
            {
                DiskSync.Folder(folder.Path);
            }
        }
        catch
        {
            // What the disk has of it nobody knows, and asking it again would be answered with yes. What is readable will be replayed.
            Close();
            throw;
        }

        HasWritten = true;
        if (_isDisposed)
        {
            Close();
        }
    }

    private void Close()
    {
        if (_file is { Length: 0, Name: var name })
        {
            File.Delete(name);
        }

        _file?.Dispose();
        _file = null;
    }

    private sealed class Waiter(JournalEntry entry) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public JournalEntry Entry => entry;
    }
}
