using System.CommandLine;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>What every command takes.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Database { get; } = new("--database", "-d")
    {
        Description = "The database to act on: a postgres:// URL, a connection string or the path of a SQLite file. Default: JARVIS_DATABASE_URL, else DATABASE_URL if it names "
            + "Postgres, else jarvis/jarvis.db in your local application data.",
        HelpName = "DATABASE",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document to standard output, errors included (field \"error\").",
        Recursive = true,
    };
}
