using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A database of one test, seen from outside the package: plain SQL in the session's own time zone.</summary>
public sealed class PostgresDatabase(string connectionString, string adminConnectionString) : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _builder = new(connectionString);

    public string ConnectionString => _builder.ConnectionString;

    public string Name => _builder.Database!;

    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    public async Task<string?> TextAsync(string sql) => Convert.ToString(await ScalarAsync(sql), CultureInfo.InvariantCulture);

    /// <summary>Runs a script as psql does, stopping at the first error.</summary>
    public Task<string> PsqlAsync(string script, string? role = null) => RunAsync("psql", script, role, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-");

    /// <summary>What pg_dump says, without the random words that newer versions put around it.</summary>
    public async Task<string> DumpAsync(params string[] arguments)
    {
        Assert.SkipWhen(PostgresServer.BinFolder is null, "No pg_dump here.");
        string dump = await RunAsync("pg_dump", "", null, arguments);
        return string.Join('\n', dump.Split('\n').Where(line => !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync()
    {
        await using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"DROP DATABASE {Name} WITH (FORCE)", connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task<string> RunAsync(string tool, string input, string? role, params string[] arguments)
    {
        Assert.SkipWhen(PostgresServer.BinFolder is null, $"No {tool} here.");
        ProcessStartInfo start = new(Path.Combine(PostgresServer.BinFolder!, tool), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGHOST"] = _builder.Host;
        start.Environment["PGPORT"] = _builder.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = role ?? _builder.Username;
        start.Environment["PGPASSWORD"] = _builder.Password ?? "";
        start.Environment["PGDATABASE"] = Name;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{tool}: {await errors}");
        return await output;
    }
}
