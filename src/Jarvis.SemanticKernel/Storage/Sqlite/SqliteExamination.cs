using Jarvis.SemanticKernel.Storage.Sqlite.Migrations;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Looks at a file that exists, without changing it.</summary>
internal static class SqliteExamination
{
    private const string CountRefusals =
        $"""
        SELECT count(*) FROM sqlite_master
        WHERE type = 'trigger' AND tbl_name = 'kill_switch_audit' AND name IN ('jarvis_append_only_update', 'jarvis_append_only_delete', 'jarvis_append_only_replace')
          AND EXISTS (SELECT 1 FROM sqlite_master WHERE {KillSwitchScopes.IsOurAudit})
        """;

    // One for each of UPDATE, DELETE and REPLACE.
    private const long Refusals = 3;

    public static IReadOnlyList<DatabaseFinding> Run(SqliteConnection connection)
    {
        DatabaseFinding opened = new("connection", DatabaseFindingOutcome.Ok, $"The file opens; SQLite {connection.ServerVersion}.");
        if (!SqliteMigration.IsDone(connection))
        {
            return
            [
                opened,
                new("schema", DatabaseFindingOutcome.Fault, $"Lacks migration {SqliteSchemaContext.NewestMigration}, which this version needs. Run 'jarvis db migrate'."),
            ];
        }

        return
        [
            opened,
            new("schema", DatabaseFindingOutcome.Ok, $"Current: migration {SqliteSchemaContext.NewestMigration}."),
            Audit(connection),
            new("listener", DatabaseFindingOutcome.Notice, "SQLite has none: processes that share the file see a change of the switch within KillSwitch.CacheDuration."),
        ];
    }

    private static DatabaseFinding Audit(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = CountRefusals;
        return command.ExecuteScalar() is Refusals
            ? new("audit", DatabaseFindingOutcome.Ok, "kill_switch_audit refuses changes of its rows.")
            : new("audit", DatabaseFindingOutcome.Notice,
                "kill_switch_audit does not refuse changes of its rows, since the table was there before us or somebody removed the triggers jarvis_append_only_…: whoever may write the file may rewrite its history.");
    }
}
