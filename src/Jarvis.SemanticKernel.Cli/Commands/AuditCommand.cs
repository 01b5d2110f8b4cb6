using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class AuditCommand
{
    private const int Most = 1000;

    public static Command Create(GlobalOptions options)
    {
        Option<int> limit = new("--limit", "-n") { Description = $"How many changes, 1 to {Most}.", HelpName = "N", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number is < 1 or > Most)
            {
                result.AddError($"--limit is {number}; 1 to {Most} are accepted.");
            }
        });
        Command command = new("audit", "List the changes of the kill switches, newest first.") { limit };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, parsed.GetValue(limit), token)));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<KillSwitchAuditEntry> entries = await run.KillSwitch.GetHistoryAsync(limit, cancellationToken);
        run.Print(new AuditDocument(run.Database, entries.Select(AuditEntryDocument.From)), CliJson.Default.AuditDocument, screen =>
        {
            if (entries.Count == 0)
            {
                screen.Text("The switch was never used.");
                return;
            }

            screen.Table(["No", "When", "What", "Scope", "Who", "Why"], entries.Select(entry => new[]
            {
                entry.Id.ToString(CultureInfo.InvariantCulture), Terminal.Time(entry.At), entry.Action, entry.Scope.ToString(), entry.TriggeredBy, entry.Reason,
            }));
        });
        return ExitCode.Ok;
    }
}
