using System.Security.Cryptography;
using Jarvis.SemanticKernel.Diagnostics;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>
/// Folds the deltas that the triggers wrote into the rollup, beside whatever the process does. Reports are right without it, only slower; so nobody waits for it, and one that
/// fails is tried again after as much work.
/// </summary>
internal sealed class PostgresSpendCompaction(NpgsqlDataSource dataSource)
{
    // In deltas, of which every report reads all.
    private const int Read = 100;
    private const int Enough = 1000;

    private const int Seconds = 600;

    // Not from zero: of many processes that live shortly some are to do it too.
    private int _work = RandomNumberGenerator.GetInt32(Enough);
    private int _running;

    public void AfterAppend(int calls) => Add(Math.Min(calls, PostgresAiCallWriter.Few));

    public void AfterRead() => Add(Read);

    /// <summary>Returns false when another process is at it.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        NpgsqlCommand command = dataSource.CreateCommand("SELECT jarvis.compact_spend()");
        await using (command.ConfigureAwait(false))
        {
            command.CommandTimeout = Seconds;
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
    }

    private void Add(int work)
    {
        if (Interlocked.Add(ref _work, work) >= Enough && Interlocked.Exchange(ref _running, 1) == 0)
        {
            Interlocked.Exchange(ref _work, 0);
            _ = Detached.Run(RunQuietlyAsync);
        }
    }

    private async Task RunQuietlyAsync()
    {
        try
        {
            await RunAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException or IOException)
        {
            // The deltas stay and are read as they are; 'jarvis doctor' counts them.
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}
