namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>A write that waits for its turn. Until then its caller may give it up.</summary>
internal sealed class SqliteWrite : TaskCompletionSource
{
    private readonly CancellationTokenRegistration _registration;
    private int _isTaken;

    public SqliteWrite(Action<SqliteWriterSession> action, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Action = action;
        _registration = cancellationToken.UnsafeRegister(
            static (write, token) =>
            {
                if (((SqliteWrite)write!).TryTake())
                {
                    ((SqliteWrite)write).SetCanceled(token);
                }
            },
            this);
    }

    public Action<SqliteWriterSession> Action { get; }

    /// <summary>False when the caller has given it up.</summary>
    public bool TryBegin()
    {
        _registration.Dispose();
        return TryTake();
    }

    private bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
