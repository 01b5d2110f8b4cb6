using System.CommandLine;
using System.CommandLine.Parsing;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class CallsCommand
{
    private static readonly string[] Statuses = [.. Enum.GetNames<AiCallStatus>().Select(name => name.ToLowerInvariant())];

    public static Command Create(GlobalOptions options)
    {
        Option<int> limit = Limit.Create("calls");
        Option<DateTimeOffset?> since = Since.Create("Only calls that started since then: 30m, 12h, 7d, a date, a time. Default: all.");
        Option<AiCallStatus?> status = new("--status") { Description = $"Only calls that ended so: {string.Join(", ", Statuses)}.", HelpName = "STATUS", CustomParser = ParseStatus };
        Option<bool> tail = new("--tail", "-f") { Description = "Go on and show calls as they are recorded, until Ctrl-C. With --json one document a line." };
        Option<string?> journal = JournalOption.Create();
        Command command = new("calls", "List the recorded calls, those that started last first, and count what lies in the journal instead.")
        {
            limit, since, status, tail, journal, RetryRefusedCommand.Create(options),
        };
        command.SetAction(CommandRunner.For(
            options,
            (run, parsed, token) => parsed.GetValue(tail)
                ? CallsTail.RunAsync(run, parsed.GetValue(limit), parsed.GetValue(since), parsed.GetValue(status), token)
                : ListAsync(run, parsed.GetValue(limit), parsed.GetValue(since), parsed.GetValue(status), token),
            journal: parsed => parsed.GetValue(journal),
            isEndless: parsed => parsed.GetValue(tail)));
        return command;
    }

    private static async Task<int> ListAsync(CommandRun run, int limit, DateTimeOffset? since, AiCallStatus? status, CancellationToken cancellationToken)
    {
        IReadOnlyList<CallLine> calls = await run.Costs.GetCallsAsync(limit, since, status, cancellationToken);
        JournalCount journal = await JournalCount.ReadAsync(run.Journal, cancellationToken);
        run.Print(new CallsDocument(run.Database, calls.Select(CallDocument.From), journal.ToDocument()), CliJson.Default.CallsDocument, screen =>
        {
            if (calls.Count == 0)
            {
                screen.Text("No call is recorded that was asked for.");
            }
            else
            {
                screen.Table(CallWords.Headings, calls.Select(CallWords.Row));
            }

            journal.Show(screen);
        });
        return ExitCode.Ok;
    }

    private static AiCallStatus? ParseStatus(ArgumentResult argument)
    {
        string text = argument.Tokens is [var token] ? token.Value : "";
        if (Statuses.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<AiCallStatus>(text, ignoreCase: true);
        }

        argument.AddError($"--status is '{text}'. Accepted are {string.Join(", ", Statuses)}.");
        return null;
    }
}
