using System.Globalization;
using Jarvis.SemanticKernel.Cli.Tests.Fixtures;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Npgsql;

namespace Jarvis.SemanticKernel.Cli.Tests;

/// <summary>Every command by a login that is a member of jarvis_operator, and the same by one of jarvis_agent.</summary>
public sealed class OperatorRoleTests(PostgresServer server) : IAsyncLifetime
{
    private readonly CommandLine _jarvis = new();
    private readonly string _suffix = Guid.NewGuid().ToString("N");
    private OpenRouterSimulator _upstream = null!;
    private PostgresDatabase? _database;

    private PostgresDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = LeftCalls.ApiKey, KeyLimitUsd = 10m }, TestContext.Current.CancellationToken);
        _jarvis.Environment["OPENROUTER_BASE_URL"] = _upstream.Endpoint.ToString();
        _jarvis.Environment["OPENROUTER_API_KEY"] = LeftCalls.ApiKey;
        _database = await server.CreateDatabaseAsync();
        await _jarvis.RunAsync("db", "migrate", "-d", Database.ConnectionString);
        await Database.ExecuteAsync((await _jarvis.RunAsync("db", "script", "--roles")).Output);
        await Database.ExecuteAsync($"CREATE ROLE agent_{_suffix} LOGIN IN ROLE jarvis_agent; CREATE ROLE operator_{_suffix} LOGIN IN ROLE jarvis_operator");
        await LeftCalls.MakeAsync(As("agent"), _upstream, SimulatedReply.Text("one two three four").WithUsage(812, 164, "0.5"));
    }

    public async ValueTask DisposeAsync()
    {
        _jarvis.Dispose();
        await _upstream.DisposeAsync();
        if (_database is not null)
        {
            await Database.ExecuteAsync($"DROP OWNED BY agent_{_suffix}, operator_{_suffix}; DROP ROLE agent_{_suffix}, operator_{_suffix}");
            await Database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Operator_EveryCommand_Works()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = As("operator");
        string month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        string file = Path.Combine(_jarvis.Folder, "costs.csv");

        await AssertAsync(0, "status");
        await AssertAsync(0, "kill", "Loops", "--wait", "0");
        await AssertAsync(0, "kill", "Loops", "--tier", "strong", "--wait", "0");
        await AssertAsync(3, "status");
        await AssertAsync(0, "audit");
        await AssertAsync(0, "resume", "Fine", "--tier", "strong", "--wait", "0");
        await AssertAsync(0, "resume", "Fine", "--wait", "0");
        await AssertAsync(0, "calls");
        await AssertAsync(0, "costs", "--by", "agent", "--latency", "--compare");
        Assert.Contains("1 call cost 0.5 USD", await AssertAsync(0, "costs", "reconcile"), StringComparison.Ordinal);
        await AssertAsync(0, "costs", "--by", "tier");
        await AssertAsync(0, "calls", "retry-refused");
        await AssertAsync(0, "record", "strategy", "shop", "--goal", "41");
        await AssertAsync(0, "record", "strategy", "shop", "--goal", "42");
        await AssertAsync(0, "record", "revenue", "10", "--strategy", "shop", "--reference", "p-1");
        await AssertAsync(0, "record", "cost", "3", "--category", "vm", "--month", month, "--goal", "42", "--reference", "i-1");
        Assert.Contains("has this reference", await AssertAsync(0, "record", "cost", "3", "--category", "vm", "--month", month, "--goal", "42", "--reference", "i-1"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, await AssertAsync(0, "record", "export", "cost", "--month", month), TestContext.Current.CancellationToken);
        await AssertAsync(0, "record", "import", "cost", file);
        Assert.Contains("42", await AssertAsync(0, "pnl", "--by", "goal", "--month", month), StringComparison.Ordinal);
        Assert.Contains("shop", await AssertAsync(0, "pnl", "--by", "strategy", "--month", month), StringComparison.Ordinal);
        await AssertAsync(0, "credits");
        await AssertAsync(0, "tiers");
        Assert.Contains("may activate and release the kill switch", await AssertAsync(0, "doctor"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_LooksAndActivates_AndKeepsNoBooks()
    {
        _jarvis.Environment["JARVIS_DATABASE_URL"] = As("agent");

        await AssertAsync(0, "pnl", "--by", "strategy");
        await AssertAsync(0, "credits");
        await AssertAsync(0, "costs", "reconcile");
        await AssertAsync(1, "record", "strategy", "shop", "--goal", "41");
        await AssertAsync(1, "record", "revenue", "10", "--strategy", "shop");
        await AssertAsync(1, "record", "cost", "3", "--category", "vm", "--month", "2026-07");
        await AssertAsync(0, "kill", "Loops", "--wait", "0");
        await AssertAsync(1, "resume", "Fine", "--wait", "0");
        await AssertAsync(3, "status");
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = $"{role}_{_suffix}" }.ConnectionString;

    private async Task<string> AssertAsync(int exitCode, params string[] arguments)
    {
        CliResult result = await _jarvis.RunAsync(arguments);
        Assert.True(result.ExitCode == exitCode, $"jarvis {string.Join(' ', arguments)}: {result.ExitCode} {result.All}");
        return result.Output;
    }
}
