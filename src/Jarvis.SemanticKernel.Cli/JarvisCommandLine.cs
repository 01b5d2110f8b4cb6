using System.CommandLine;
using System.CommandLine.Help;
using Jarvis.SemanticKernel.Cli.Commands;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>The commands, and how they are read.</summary>
internal static class JarvisCommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = Create();
        ParseResult parsed = root.Parse(args is [] ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            Explain(parsed);
            return ExitCode.BadUsage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    private static RootCommand Create()
    {
        GlobalOptions options = new();
        RootCommand root = new("Pull, release and look at the kill switch of Semantic Kernel agents, see what they cost and earn, and prepare and check their database.")
        {
            KillCommand.Create(options),
            ResumeCommand.Create(options),
            StatusCommand.Create(options),
            AuditCommand.Create(options),
            CallsCommand.Create(options),
            new Command("db", "Prepare the database.") { MigrateCommand.Create(options), ScriptCommand.Create(options) },
            TiersCommand.Create(options),
            CostsCommand.Create(options),
            PnlCommand.Create(options),
            RecordCommand.Create(options),
            CreditsCommand.Create(options),
            DoctorCommand.Create(options),
        };
        root.Add(options.Database);
        root.Add(options.Json);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static void Explain(ParseResult parsed)
    {
        Terminal errors = Terminal.ForErrors();
        Command command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..] && command.Subcommands.Count > 0)
        {
            // The parser's own messages speak of the words after it too, and of a missing command.
            errors.Fault($"There is no command '{unknown}'. There are: {string.Join(", ", command.Subcommands.Select(known => known.Name))}.");
        }
        else
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal))
            {
                errors.Fault(message);
            }
        }

        errors.Text($"See '{string.Join(' ', Path(command))} --help'.");
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : ["jarvis"];
}
