using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Cli.Doctor;

/// <summary>
/// Whether an active switch blocks: the whole package as an agent has it, on a database file that is thrown away and with a stand-in for the model. The real switch is
/// not touched, nothing is sent, nothing is billed.
/// </summary>
internal static class GateCheck
{
    private const string Subject = "gate";
    private const string Where = "on a throw-away SQLite file with a stand-in for the model";

    // The name of the package's own HTTP client: everything above its connection is the real thing.
    private const string ClientName = "jarvis";

    public static async Task<DatabaseFinding> RunAsync(CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("jarvis-doctor-");
        try
        {
            return await RunAsync(Path.Combine(folder.FullName, "jarvis.db"), cancellationToken);
        }
        catch (Exception exception) when (exception is KernelException or IOException or SqliteException)
        {
            return new(Subject, DatabaseFindingOutcome.Fault, $"Could not be tried {Where}: {exception.Message.Split('\r', '\n')[0]}");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<DatabaseFinding> RunAsync(string database, CancellationToken cancellationToken)
    {
        using StandInModel model = new();
        ServiceCollection services = [];
        services.AddJarvisRouting(options =>
        {
            options.ApiKey = "none";
            options.Endpoint = new Uri("http://localhost/");
            options.Database = database;
            options.AutoMigrate = true;
            options.Resilience.MaxRetries = 0;

            // The first query of a process on a busy machine is slow.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(10);
        });
        services.AddHttpClient(ClientName).ConfigurePrimaryHttpMessageHandler(() => model);
        ServiceProvider provider = services.BuildServiceProvider();
        await using (provider)
        {
            IChatCompletionService chat = provider.GetRequiredService<IChatCompletionService>();
            await chat.GetChatMessageContentAsync("Hello", cancellationToken: cancellationToken);
            int before = model.Requests;
            if (before != 1)
            {
                return new(Subject, DatabaseFindingOutcome.Fault, $"Tried {Where}: with an open switch {before} requests got through instead of 1, so the trial proves nothing.");
            }

            await provider.GetRequiredService<IKillSwitch>().ActivateAsync("A trial of the doctor", "doctor", cancellationToken: cancellationToken);
            bool isRefused = await IsRefusedAsync(async () => await chat.GetChatMessageContentAsync("Hello", cancellationToken: cancellationToken))
                && await IsRefusedAsync(async () => await chat.GetStreamingChatMessageContentsAsync("Hello", cancellationToken: cancellationToken).FirstOrDefaultAsync(cancellationToken));
            return isRefused && model.Requests == before
                ? new(Subject, DatabaseFindingOutcome.Ok, $"Tried {Where}: an open switch let a call through; an active one refused a call and a stream, and nothing was sent.")
                : new(Subject, DatabaseFindingOutcome.Fault, $"Tried {Where}: an active switch let {model.Requests - before} requests through. Do not run agents with this build.");
        }
    }

    private static async Task<bool> IsRefusedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return false;
        }
        catch (KillSwitchActiveException)
        {
            return true;
        }
    }
}
