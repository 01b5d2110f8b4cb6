using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>
/// Hears of every change on a connection of its own. That it hears at all it proves to itself now and then: behind a pooler, a listening connection can be deaf
/// without an error. While it does not hear, the switch is read as often as the cache time says.
/// </summary>
internal sealed class PostgresKillSwitchWatch(
    PostgresConnections connections, IOptions<JarvisRoutingOptions> options, TimeProvider time, ILogger<PostgresKillSwitchWatch> logger) : WatchLoop(options, time)
{
    private const string Channel = "jarvis_kill_switch";

    private static readonly TimeSpan ProofEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProofWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Nobody else listens to it.
    private readonly string _proofChannel = $"jarvis_proof_{Guid.NewGuid():N}";
    private bool _isProven;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever ends the listening, it is begun again; the cache time bounds what is missed.")]
    protected override async Task WatchAsync(KillSwitchGuard guard, CancellationToken ending)
    {
        TimeSpan pause = FirstPause;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(guard, () => pause = FirstPause, ending).ConfigureAwait(false);
            }
            catch (Exception exception) when (!ending.IsCancellationRequested)
            {
                StorageLog.KillSwitchNotHeard(logger, exception.GetType().Name, pause);
                await LookMeanwhileAsync(guard, pause, ending).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private async Task LookMeanwhileAsync(KillSwitchGuard guard, TimeSpan length, CancellationToken ending)
    {
        for (TimeSpan left = length; left > TimeSpan.Zero; left -= Pause)
        {
            guard.Look();
            await Task.Delay(left < Pause ? left : Pause, Time, ending).ConfigureAwait(false);
        }
    }

    private async Task ListenAsync(KillSwitchGuard guard, Action onHeard, CancellationToken ending)
    {
        NpgsqlConnection connection = new(connections.Listen);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, message) =>
            {
                if (message.Channel == _proofChannel)
                {
                    _isProven = true;
                }
                else
                {
                    guard.Invalidate();
                }
            };
            await connection.OpenAsync(ending).ConfigureAwait(false);
            await ExecuteAsync(connection, $"LISTEN {Channel}; LISTEN {_proofChannel}", ending).ConfigureAwait(false);

            // Whatever was said while nobody listened.
            guard.Invalidate();
            while (true)
            {
                await ProveAsync(connection, ending).ConfigureAwait(false);
                onHeard();
                long provenAt = Time.GetTimestamp();
                while (Time.GetElapsedTime(provenAt) is { } age && age < ProofEvery)
                {
                    await WaitAsync(connection, ProofEvery - age, ending).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ProveAsync(NpgsqlConnection connection, CancellationToken ending)
    {
        _isProven = false;
        await ExecuteAsync(connection, $"NOTIFY {_proofChannel}", ending).ConfigureAwait(false);
        long askedAt = Time.GetTimestamp();
        while (!_isProven)
        {
            TimeSpan left = ProofWithin - Time.GetElapsedTime(askedAt);
            if (left <= TimeSpan.Zero || (!await WaitAsync(connection, left, ending).ConfigureAwait(false) && !_isProven))
            {
                throw new TimeoutException("A notification of this process's own did not come back.");
            }
        }
    }

    // The driver counts whole milliseconds, and waits for ever on none.
    private static Task<bool> WaitAsync(NpgsqlConnection connection, TimeSpan length, CancellationToken cancellationToken) =>
        connection.WaitAsync(TimeSpan.FromMilliseconds(Math.Ceiling(length.TotalMilliseconds)), cancellationToken);

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A constant and a GUID of our own: LISTEN and NOTIFY take no parameters.")]
    private static async Task ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(statement, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
