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
        Option<bool> roles = new("--roles")
        {
            Description = "Print instead the SQL that makes two roles: jarvis_agent, which may activate the kill switch and not release it, and jarvis_operator. PostgreSQL only.",
        };
        Command command = new("script", "Print the SQL that creates what 'db migrate' creates. Acts on no database. Safe to apply twice.") { sqlite, roles };
        command.Validators.Add(result =>
        {
            if (result.GetValue(sqlite) && result.GetValue(roles))
            {
                result.AddError("--roles is for PostgreSQL; a SQLite file has no roles: whoever may write the file may release the switch.");
            }
        });
        command.SetAction(parsed => Run(parsed.GetValue(sqlite), parsed.GetValue(roles), parsed.GetValue(options.Json)));
        return command;
    }

    private static int Run(bool forSqlite, bool forRoles, bool asJson)
    {
        ServiceCollection services = [];

        // Named so that its engine is known; never opened.
        services.AddJarvisOperator(options => options.Database = forSqlite ? "./script.db" : "Host=localhost");
        using ServiceProvider provider = services.BuildServiceProvider();
        IJarvisDatabase database = provider.GetRequiredService<IJarvisDatabase>();
        string sql = forRoles ? database.GetRolesScript() : database.GetScript();
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
