using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>Appends batches over connections that are kept, with the statement prepared on them.</summary>
internal sealed class PostgresAiCallStore(PostgresConnections connections, IJarvisDatabase database, TimeProvider time, ILogger<PostgresAiCallStore> logger)
    : IAiCallStore, IDisposable, IAsyncDisposable
{
    private readonly PostgresAiCallWriters _writers = new(connections.Ledger, time);
    private volatile bool _prepares = true;

    // One commit is on its way to the disk while the next batch travels; a third would only wait for the log.
    public int MaxConcurrentBatches => 2;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Writers go back to where they come from.")]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask AppendAsync(IReadOnlyList<AiCallRecord> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return;
        }

        await database.EnsureReadyAsync(cancellationToken).ConfigureAwait(false);
        StorableCall[] calls = StorableCall.From(batch);
        PostgresAiCallWriter writer = await _writers.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(writer, calls, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (IsOfTheConnection(e, writer))
        {
            // Once more on a new one. Whatever became of the first attempt, the ids keep it from counting twice.
            await WriteAsync(await _writers.OpenAsync(cancellationToken).ConfigureAwait(false), calls, cancellationToken).ConfigureAwait(false);
        }

        connections.Compaction.AfterAppend(calls.Length);
        StorageLog.WarnOfCappedCosts(logger, calls);
    }

    // 22: data that a type cannot hold; 23: a constraint; 54: too large for a page. The others: the driver could not write the value at all.
    public bool IsRefusal(Exception exception) =>
        exception is PostgresException postgres
            ? postgres.SqlState[..2] is "22" or "23" or "54"
            : exception is ArgumentException or InvalidCastException or OverflowException;

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => _writers.DisposeAsync();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(PostgresAiCallWriter writer, StorableCall[] calls, CancellationToken cancellationToken)
    {
        bool isUsable = false;
        try
        {
            await writer.WriteAsync(calls, _prepares, cancellationToken).ConfigureAwait(false);
            isUsable = true;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            isUsable = true;
            throw;
        }
        finally
        {
            await _writers.ReturnAsync(writer, isUsable).ConfigureAwait(false);
        }
    }

    private bool IsOfTheConnection(NpgsqlException exception, PostgresAiCallWriter writer)
    {
        switch (exception.SqlState)
        {
            case PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement:
                // A pooler in transaction mode gave the session to somebody else in between.
                _prepares = false;
                return true;

            // It had its time.
            case null when exception.InnerException is TimeoutException:
                return false;

            // Closed by a restart, by an idle limit or by a network in between; or a server that is no longer the one to write to.
            case null or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.IdleSessionTimeout or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.DeadlockDetected:
                return writer.IsUsed;

            default:
                return false;
        }
    }
}
