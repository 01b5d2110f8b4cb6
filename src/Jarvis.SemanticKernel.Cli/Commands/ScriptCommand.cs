using System.CommandLine;
using Jarvis.SemanticKernel.Cli.Output;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Acts on no database, so it needs none and names none.</summary>
internal static class ScriptCommand
{
    public static Command Create(GlobalOptions options)
    {
        Option<bool> sqlite = new("--sqlite") { Description = "For a SQLite file instead of PostgreSQL." };
        Command command = new("script", "Print the SQL that creates what 'db migrate' creates. Acts on no database. Safe to apply twice.") { sqlite };
        command.SetAction(parsed => Run(parsed.GetValue(sqlite), parsed.GetValue(options.Json)));
        return command;
    }

    private static int Run(bool forSqlite, bool asJson)
    {
        ServiceCollection services = [];

        // Named so that its engine is known; never opened.
        services.AddJarvisOperator(options => options.Database = forSqlite ? "./script.db" : "Host=localhost");
        using ServiceProvider provider = services.BuildServiceProvider();
        string sql = provider.GetRequiredService<IJarvisDatabase>().GetScript();
        if (asJson)
        {
            Terminal.WriteDocument(new ScriptDocument(Database: null, forSqlite ? "sqlite" : "postgres", sql), CliJson.Default.ScriptDocument);
        }
        else
        {
            Terminal.WriteRaw(sql);
        }

        return ExitCode.Ok;
    }
}
