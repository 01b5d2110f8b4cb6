using System.Data.Common;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>A failure as a sentence for a person and a number for a script.</summary>
internal sealed record Failure(int ExitCode, string Message)
{
    private const string DatabaseVariable = "JARVIS_DATABASE_URL";

    public static Failure Of(Exception exception, TimeSpan limit, bool isInterrupted) => exception switch
    {
        OperationCanceledException when isInterrupted => new(Cli.ExitCode.Interrupted, "Interrupted. What was on its way may have happened all the same; 'jarvis status' tells."),
        CreditsUnavailableException => new(Cli.ExitCode.Failed, exception.Message),
        UsageException => new(Cli.ExitCode.BadUsage, exception.Message),
        OptionsValidationException options => new(Cli.ExitCode.BadUsage, InTermsOfTheCommandLine(string.Join(' ', options.Failures))),

        // What the database says is the whole story: that nothing starts meanwhile is no news to an operator.
        KillSwitchUnavailableException { InnerException: JarvisDatabaseException cause } => new(Cli.ExitCode.Failed, InTermsOfTheCommandLine(cause.Message)),
        JarvisDatabaseException or KillSwitchUnavailableException => new(Cli.ExitCode.Failed, InTermsOfTheCommandLine(exception.Message)),
        TimeoutException => new(
            Cli.ExitCode.Failed, $"No answer within {limit.TotalSeconds:0} s. Check that the server runs and is not overloaded. What was on its way may happen all the same; 'jarvis status' tells."),

        // A driver's first line names tables, hosts and codes, never a password; the lines after it quote the statement.
        DbException or IOException or UnauthorizedAccessException => new(Cli.ExitCode.Failed, exception.Message.Split('\r', '\n')[0]),

        // Nobody has vouched for its text.
        _ => new(Cli.ExitCode.Failed, $"An unexpected {exception.GetType().Name}: a mistake in this program. Nothing is known of the outcome; 'jarvis status' tells."),
    };

    /// <summary>Names a setting as whoever types commands knows it, and no setting that a command does not have.</summary>
    public static string InTermsOfTheCommandLine(string message) => message
        .Replace($"Database ({DatabaseVariable}): ", "", StringComparison.Ordinal)
        .Replace($"{nameof(JarvisRoutingOptions)}.{nameof(JarvisRoutingOptions.Database)}", "--database", StringComparison.Ordinal)
        .Replace(", and AutoMigrate is off", "", StringComparison.Ordinal)
        .Replace(", or set AutoMigrate and give this role the right to create", "", StringComparison.Ordinal)
        .Replace(", or set AutoMigrate", "", StringComparison.Ordinal);
}
