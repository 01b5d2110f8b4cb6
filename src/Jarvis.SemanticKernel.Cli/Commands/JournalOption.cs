using System.CommandLine;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Where the agents keep their journal: what they set in code is not known here.</summary>
internal static class JournalOption
{
    public static Option<string?> Create() => new("--journal")
    {
        Description = "The folder that agents set as Ledger.JournalFolder. Default: where it lies without that setting.",
        HelpName = "FOLDER",
    };
}
