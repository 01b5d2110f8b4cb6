using Npgsql;

[assembly: AssemblyFixture(typeof(Jarvis.SemanticKernel.Tests.Fixtures.PostgresServer))]

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>
/// One PostgreSQL server for a test run, started when the first test asks for a database: the one that JARVIS_TEST_POSTGRES names, else one of the machine's own
/// binaries in a folder of its own, else a container. Where there is none of these the tests skip, or fail if JARVIS_TEST_POSTGRES_REQUIRED is 1.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly Lazy<Task<IRunningPostgres?>> _server = new(StartAsync);

    /// <summary>The folder of psql and pg_dump, if the machine has them.</summary>
    public static string? BinFolder => LocalPostgres.FindBinFolder();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && await _server.Value is { } server)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Creates an empty database for one test.</summary>
    /// <param name="timeZone">The time zone of its sessions, where it matters.</param>
    public async Task<PostgresDatabase> CreateDatabaseAsync(string timeZone = "UTC")
    {
        IRunningPostgres? server = await _server.Value;
        if (server is null)
        {
            const string Reason = "No PostgreSQL: set JARVIS_TEST_POSTGRES to a connection string, or install the server's binaries, or start Docker.";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("JARVIS_TEST_POSTGRES_REQUIRED") != "1", Reason);
            Assert.Fail(Reason);
        }

        string name = $"test_{Guid.NewGuid():N}";
        PostgresDatabase admin = new(server.ConnectionString, server.ConnectionString);
        await admin.ExecuteAsync($"CREATE DATABASE {name}");
        await admin.ExecuteAsync($"ALTER DATABASE {name} SET TimeZone = '{timeZone}'");
        return new PostgresDatabase(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString, server.ConnectionString);
    }

    private static async Task<IRunningPostgres?> StartAsync() =>
        Environment.GetEnvironmentVariable("JARVIS_TEST_POSTGRES") is { Length: > 0 } given
            ? new GivenPostgres(given)
            : await LocalPostgres.TryStartAsync() ?? (IRunningPostgres?)await ContainerPostgres.TryStartAsync();

    private sealed record GivenPostgres(string ConnectionString) : IRunningPostgres
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
