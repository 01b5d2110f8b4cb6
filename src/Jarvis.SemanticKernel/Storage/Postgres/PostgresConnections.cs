using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>The two ways to the server. Opens nothing before it is asked to.</summary>
internal sealed class PostgresConnections : IDisposable, IAsyncDisposable
{
    public PostgresConnections(DatabaseTarget target, DatabaseTarget? listenTarget = null)
    {
        NpgsqlConnectionStringBuilder main = Common(target);

        // A migration holds one for its transaction and one for its questions.
        main.MaxPoolSize = Math.Max(main.MaxPoolSize, 2);
        Main = NpgsqlDataSource.Create(main);
        Compaction = new PostgresSpendCompaction(Main);

        NpgsqlConnectionStringBuilder guard = Common(target);
        guard.Pooling = true;
        guard.MinPoolSize = 0;
        guard.MaxPoolSize = 2;
        guard.Timeout = 1;
        guard.CommandTimeout = 1;
        guard.MaxAutoPrepare = 0;
        guard.ApplicationName = $"{guard.ApplicationName} kill switch";
        Guard = NpgsqlDataSource.Create(guard);

        NpgsqlConnectionStringBuilder listen = Common(listenTarget ?? target);
        listen.Pooling = false;
        listen.Timeout = 5;
        listen.CommandTimeout = 5;
        listen.ApplicationName = $"{listen.ApplicationName} listener";
        Listen = listen.ConnectionString;
        Description = $"PostgreSQL database {main.Database ?? main.Username} on {main.Host}{(main.Host!.Contains(',', StringComparison.Ordinal) ? "" : $":{main.Port}")} "
            + $"as {main.Username ?? "the operating system's user"} (from {target.Source})";
    }

    /// <summary>For everything but the kill switch.</summary>
    public NpgsqlDataSource Main { get; }

    /// <summary>Folds the sums of spend now and then, in the background.</summary>
    public PostgresSpendCompaction Compaction { get; }

    /// <summary>For the kill switch alone, so that neither an exhausted pool nor a long time-out stands before a check.</summary>
    public NpgsqlDataSource Guard { get; }

    /// <summary>For the one connection that listens for changes of the switch. Holds the password: never printed.</summary>
    public string Listen { get; }

    /// <summary>For messages: no password in it.</summary>
    public string Description { get; }

    public void Dispose()
    {
        Main.Dispose();
        Guard.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Main.DisposeAsync().ConfigureAwait(false);
        await Guard.DisposeAsync().ConfigureAwait(false);
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
