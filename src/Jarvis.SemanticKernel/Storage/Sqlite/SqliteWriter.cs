using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>
/// The one writer to the file in this process: a thread of its own, because the library blocks while it waits for the disk and for other processes. Thread and
/// connection are there from the first write until nothing has been written for a while.
/// </summary>
internal sealed class SqliteWriter(Func<SqliteConnection> open, TimeSpan idleLimit) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Queue<SqliteWrite> _waiting = new();
    private Thread? _thread;
    private bool _isDisposed;

    /// <summary>Runs <paramref name="write"/> on the writer's thread. The token ends the waiting for its turn, not the writing.</summary>
    public Task RunAsync(Action<SqliteWriterSession> write, CancellationToken cancellationToken)
    {
        SqliteWrite next = new(write, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _waiting.Enqueue(next);
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "Jarvis SQLite writer" };
                _thread.UnsafeStart();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }

        return next.Task;
    }

    /// <summary>Ends the thread when what waits is written, and waits a while for that.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _isDisposed = true;
            thread = _thread;
            Monitor.Pulse(_gate);
        }

        thread?.Join(Patience);
    }

    private void Work()
    {
        SqliteWriterSession? session = null;
        while (TakeNext() is { } next)
        {
            session = Run(next, session);
        }

        session?.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every failure reaches whoever asked for the write.")]
    private SqliteWriterSession? Run(SqliteWrite write, SqliteWriterSession? session)
    {
        if (!write.TryBegin())
        {
            return session;
        }

        try
        {
            session ??= new SqliteWriterSession(open());
            write.Action(session);
            write.SetResult();
            return session;
        }
        catch (Exception e)
        {
            // Whatever is wrong with the connection, the next write has a new one.
            session?.Dispose();
            write.SetException(e);
            return null;
        }
    }

    private SqliteWrite? TakeNext()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_waiting.TryDequeue(out SqliteWrite? next))
                {
                    return next;
                }

                if (_isDisposed || (!Monitor.Wait(_gate, idleLimit) && _waiting.Count == 0))
                {
                    _thread = null;
                    return null;
                }
            }
        }
    }
}
