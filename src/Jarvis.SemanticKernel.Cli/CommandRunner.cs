using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Cli.Output;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>Runs a command on the database that the options name: never creating anything, never for ever, and every failure ends as one sentence and an exit code.</summary>
internal static class CommandRunner
{
    // A server that accepts and never answers ignores being cancelled.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes what runs when the command is invoked.</summary>
    /// <param name="options">The options of every command.</param>
    /// <param name="command">The command: what it does, and the exit code.</param>
    /// <param name="limit">The longest time it may take; thirty seconds unless it may take longer for good reasons.</param>
    /// <param name="wait">How long it may wait besides, as its options say.</param>
    /// <param name="readsModelSettings">Whether the settings of models matter to it, and a fault in them with it.</param>
    public static Func<ParseResult, CancellationToken, Task<int>> For(
        GlobalOptions options,
        Func<CommandRun, ParseResult, CancellationToken, Task<int>> command,
        TimeSpan? limit = null,
        Func<ParseResult, TimeSpan>? wait = null,
        bool readsModelSettings = false) =>
        (parsed, interrupted) =>
        {
            if (!readsModelSettings)
            {
                ForgetModelSettings();
            }

            TimeSpan patience = (limit ?? Patience) + (wait?.Invoke(parsed) ?? TimeSpan.Zero);
            return RunAsync(parsed.GetValue(options.Database), parsed.GetValue(options.Json), (run, token) => command(run, parsed, token), patience, interrupted);
        };

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The last place that can turn a failure into a sentence.")]
    private static async Task<int> RunAsync(
        string? database, bool asJson, Func<CommandRun, CancellationToken, Task<int>> command, TimeSpan limit, CancellationToken interrupted)
    {
        string? description = null;
        ServiceProvider? services = null;
        try
        {
            services = Open(database);
            description = Failure.InTermsOfTheCommandLine(services.GetRequiredService<IJarvisDatabase>().Description);
            int code = await command(new CommandRun(services, asJson, description), interrupted).WaitAsync(limit, interrupted);
            await services.DisposeAsync();
            return code;
        }
        catch (Exception exception)
        {
            // Whatever hangs is left behind: the process ends.
            Failure failure = Failure.Of(exception, limit, interrupted.IsCancellationRequested);
            if (asJson)
            {
                Terminal.WriteDocument(new ErrorDocument(description, failure.Message), CliJson.Default.ErrorDocument);
            }
            else
            {
                Terminal errors = Terminal.ForErrors();
                if (description is not null && !failure.Message.Contains(description, StringComparison.Ordinal))
                {
                    errors.Fact("database", description);
                }

                errors.Fault(failure.Message);
            }

            return failure.ExitCode;
        }
    }

    // All settings are checked together, and a mistyped address of a model must not stand between an operator and the switch.
    private static void ForgetModelSettings()
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name.StartsWith("OPENROUTER_", StringComparison.Ordinal) || name.StartsWith("JARVIS_MODEL_", StringComparison.Ordinal)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static ServiceProvider Open(string? database)
    {
        ServiceCollection services = [];
        services.AddJarvisOperator(options =>
        {
            options.Database = database ?? options.Database;
            options.AutoMigrate = false;

            // A person waits longer for an answer than a call may, and the first query of a process is its slowest.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(10);
        });
        return services.BuildServiceProvider();
    }
}
