using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Extensions;

/// <summary>A database that a platform handed to the application is not migrated unless somebody says so.</summary>
public sealed class SharedDatabaseTests(PostgresServer server) : IDisposable
{
    private readonly DirectoryInfo _journal = Directory.CreateTempSubdirectory("jarvis-test-journal-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _journal.Delete(recursive: true);

    [Fact]
    public async Task EmptyDatabaseFromDatabaseUrl_StaysEmptyAndSaysWhatToRun()
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using ServiceProvider provider = Build(database, upstream, autoMigrate: null);

        KillSwitchUnavailableException blocked = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => new Kernel(provider).InvokePromptAsync("Work", cancellationToken: Ct));

        Assert.Contains("jarvis db migrate", blocked.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", blocked.Message, StringComparison.Ordinal);
        Assert.Equal(0, upstream.RequestCount);
        Assert.Equal("0", await database.TextAsync("SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public async Task MigratedOnRequest_IsUsed(bool? autoMigrate)
    {
        await using PostgresDatabase database = await server.CreateDatabaseAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        await using ServiceProvider provider = Build(database, upstream, autoMigrate);
        if (autoMigrate is null)
        {
            await provider.GetRequiredService<IJarvisDatabase>().MigrateAsync(Ct);
        }

        await new Kernel(provider).InvokePromptAsync("Work", cancellationToken: Ct);

        Assert.Equal("1", await database.TextAsync("SELECT count(*) FROM jarvis.call_details"));
    }

    private ServiceProvider Build(PostgresDatabase database, OpenRouterSimulator upstream, bool? autoMigrate)
    {
        ServiceCollection services = [];
        services.AddKernel();
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment(("DATABASE_URL", database.ConnectionString), ("OPENROUTER_API_KEY", "key")));
        services.AddJarvisRouting(options => (options.Endpoint, options.AutoMigrate, options.Ledger.JournalFolder) = (upstream.Endpoint, autoMigrate, _journal.FullName));
        return services.BuildServiceProvider();
    }
}
