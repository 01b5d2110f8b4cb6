using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.KillSwitch;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>
/// Hears of every change on a connection of its own. That it hears at all it proves to itself now and then: behind a pooler, a listening connection can be deaf
/// without an error.
/// </summary>
internal sealed class PostgresKillSwitchChanges(PostgresConnections connections, TimeProvider time) : IKillSwitchChanges
{
    private const string Channel = "jarvis_kill_switch";

    private static readonly TimeSpan ProofEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProofWithin = TimeSpan.FromSeconds(5);

    // Nobody else listens to it.
    private readonly string _proofChannel = $"jarvis_proof_{Guid.NewGuid():N}";
    private bool _isProven;

    public bool CanBeHeard => true;

    public async Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = connections.Listen.CreateConnection();
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
                    onChange();
                }
            };
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"LISTEN {Channel}; LISTEN {_proofChannel}", cancellationToken).ConfigureAwait(false);

            // Whatever was said while nobody listened.
            onChange();
            while (true)
            {
                await ProveAsync(connection, cancellationToken).ConfigureAwait(false);
                onHearing();
                long provenAt = time.GetTimestamp();
                while (time.GetElapsedTime(provenAt) is { } age && age < ProofEvery)
                {
                    await WaitAsync(connection, ProofEvery - age, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ProveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _isProven = false;
        await ExecuteAsync(connection, $"NOTIFY {_proofChannel}", cancellationToken).ConfigureAwait(false);
        long askedAt = time.GetTimestamp();
        while (!_isProven)
        {
            TimeSpan left = ProofWithin - time.GetElapsedTime(askedAt);
            if (left <= TimeSpan.Zero || (!await WaitAsync(connection, left, cancellationToken).ConfigureAwait(false) && !_isProven))
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
