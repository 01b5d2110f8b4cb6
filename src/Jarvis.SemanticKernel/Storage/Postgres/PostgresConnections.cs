using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The ways to the server. Opens nothing before it is asked to.</summary>
internal sealed class PostgresConnections : IDisposable, IAsyncDisposable
{
    public PostgresConnections(DatabaseTarget target, DatabaseTarget? listenTarget, TimeSpan storeTimeout, TimeSpan readTimeout)
    {
        NpgsqlConnectionStringBuilder main = Common(target);

        // A migration holds one for its transaction and one for its questions.
        main.MaxPoolSize = Math.Max(main.MaxPoolSize, 2);
        Main = NpgsqlDataSource.Create(main);
        Compaction = new PostgresSpendCompaction(Main);

        NpgsqlConnectionStringBuilder ledger = Common(target);
        ledger.Pooling = true;
        ledger.MinPoolSize = 0;
        ledger.MaxPoolSize = 4;

        // A statement that takes longer is ended, and where the server does not answer to that, its connection is.
        ledger.Timeout = ledger.CommandTimeout = (int)Math.Ceiling(storeTimeout.TotalSeconds);
        ledger.MaxAutoPrepare = 0;

        // Nothing of a session is ever changed, and the reset would cost every batch several statements.
        ledger.NoResetOnClose = true;
        ledger.WriteBufferSize = 32 * 1024;
        ledger.ApplicationName = $"{ledger.ApplicationName} ledger";
        Ledger = NpgsqlDataSource.Create(ledger);

        NpgsqlConnectionStringBuilder guard = Common(target);
        guard.Pooling = true;
        guard.MinPoolSize = 0;
        guard.MaxPoolSize = 2;

        // Nobody waits longer for a read, and whole seconds are all that the driver knows.
        guard.Timeout = guard.CommandTimeout = (int)Math.Ceiling(readTimeout.TotalSeconds);
        guard.MaxAutoPrepare = 0;
        guard.ApplicationName = $"{guard.ApplicationName} kill switch";
        Guard = NpgsqlDataSource.Create(guard);

        NpgsqlConnectionStringBuilder listen = Common(listenTarget ?? target);
        listen.Pooling = false;
        listen.Timeout = 5;
        listen.CommandTimeout = 5;
        listen.ApplicationName = $"{listen.ApplicationName} listener";
        Listen = NpgsqlDataSource.Create(listen);
        Description = $"PostgreSQL database {main.Database ?? main.Username} on {main.Host}{(main.Host!.Contains(',', StringComparison.Ordinal) ? "" : $":{main.Port}")} "
            + $"as {main.Username ?? "the operating system's user"} (from {target.Source})";
    }

    /// <summary>For everything but the ledger's writing and the kill switch.</summary>
    public NpgsqlDataSource Main { get; }

    /// <summary>Folds the sums of spend now and then, in the background.</summary>
    public PostgresSpendCompaction Compaction { get; }

    /// <summary>For appending to the ledger, over connections that are kept.</summary>
    public NpgsqlDataSource Ledger { get; }

    /// <summary>For the kill switch alone, so that neither an exhausted pool nor a long time-out stands before a check.</summary>
    public NpgsqlDataSource Guard { get; }

    /// <summary>For the one connection of the process that listens for changes of the switch; not pooled. A source of our own: the driver keeps the strings of others, passwords included.</summary>
    public NpgsqlDataSource Listen { get; }

    /// <summary>For messages: no password in it.</summary>
    public string Description { get; }

    public void Dispose()
    {
        Main.Dispose();
        Ledger.Dispose();
        Guard.Dispose();
        Listen.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Main.DisposeAsync().ConfigureAwait(false);
        await Ledger.DisposeAsync().ConfigureAwait(false);
        await Guard.DisposeAsync().ConfigureAwait(false);
        await Listen.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What tells one database from another, whoever logs in.</summary>
    public static string Identify(DatabaseTarget target)
    {
        NpgsqlConnectionStringBuilder named = new(target.ConnectionString);

        // Names of machines are the same in any case, paths of sockets are not.
        string? host = named.Host?.StartsWith('/') == true ? named.Host : named.Host?.ToUpperInvariant();
        return $"{host}:{named.Port}/{DatabaseOf(target)} {named.SearchPath} {named.Options}";
    }

    public static string DatabaseOf(DatabaseTarget target)
    {
        NpgsqlConnectionStringBuilder named = new(target.ConnectionString);
        return named.Database ?? named.Username ?? "postgres";
    }

    private static NpgsqlConnectionStringBuilder Common(DatabaseTarget target)
    {
        NpgsqlConnectionStringBuilder builder = new(target.ConnectionString)
        {
            // Our timestamp columns hold UTC whatever the role, the database or the server is set to.
            Timezone = "UTC",

            // Prepared statements need a connection of their own.
            Multiplexing = false,
        };
        builder.ApplicationName ??= "Jarvis.SemanticKernel";
        return builder;
    }
}
