using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Looks at a file that exists, without changing it.</summary>
internal static class SqliteExamination
{
    private const string CountRefusals =
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'kill_switch_audit' AND name LIKE 'jarvis\\_append\\_only%' ESCAPE '\\'";

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
        return command.ExecuteScalar() is > 0L
            ? new("audit", DatabaseFindingOutcome.Ok, "kill_switch_audit refuses changes of its rows.")
            : new("audit", DatabaseFindingOutcome.Notice, "kill_switch_audit has no trigger jarvis_append_only: whoever may write the file may rewrite its history.");
    }
}
