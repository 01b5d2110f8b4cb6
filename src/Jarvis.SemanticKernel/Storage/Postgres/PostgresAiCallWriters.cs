using Jarvis.SemanticKernel.Diagnostics;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The writers that are not in use. One that nobody needed for a minute gives its connection back.</summary>
internal sealed class PostgresAiCallWriters : IAsyncDisposable
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource _source;
    private readonly Lock _gate = new();
    private readonly ITimer _idle;
    private Stack<PostgresAiCallWriter> _kept = new();
    private bool _isDisposed;

    public PostgresAiCallWriters(NpgsqlDataSource source, TimeProvider time)
    {
        _source = source;
        _idle = Detached.CreateTimer(time, () => _ = CloseKeptAsync());
    }

    public Task<PostgresAiCallWriter> RentAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_kept.TryPop(out PostgresAiCallWriter? last))
            {
                return Task.FromResult(last);
            }
        }

        return OpenAsync(cancellationToken);
    }

    public Task<PostgresAiCallWriter> OpenAsync(CancellationToken cancellationToken) => PostgresAiCallWriter.OpenAsync(_source, cancellationToken);

    /// <summary>Keeps a writer for the next batch. One that failed is closed, and so are the others that are kept: what ended its connection may have ended theirs.</summary>
    public async ValueTask ReturnAsync(PostgresAiCallWriter writer, bool isUsable)
    {
        lock (_gate)
        {
            if (isUsable && !_isDisposed)
            {
                _kept.Push(writer);
                _idle.Change(IdleLimit, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        await writer.DisposeAsync().ConfigureAwait(false);
        await CloseKeptAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        await _idle.DisposeAsync().ConfigureAwait(false);
        await CloseKeptAsync().ConfigureAwait(false);
    }

    private async Task CloseKeptAsync()
    {
        Stack<PostgresAiCallWriter> closing;
        lock (_gate)
        {
            closing = _kept;
            _kept = new Stack<PostgresAiCallWriter>();
        }

        foreach (PostgresAiCallWriter writer in closing)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        _source.Clear();
    }
}
