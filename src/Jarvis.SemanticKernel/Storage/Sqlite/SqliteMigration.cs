using Jarvis.SemanticKernel.Storage.Schema;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>
/// Brings the file's schema to this version, in one transaction: the write lock of SQLite keeps other processes out and cannot outlive its process. (EF Core's own
/// lock on SQLite is a row, which a killed process leaves behind for ever.)
/// </summary>
internal sealed class SqliteMigration(SqliteConnections connections)
{
    // New rows of a lost audit get numbers that no scope was noted for.
    private const string NumberAudit =
        """
        INSERT INTO sqlite_sequence (name, seq) SELECT 'kill_switch_audit', max(audit_id) FROM jarvis_kill_switch_changes HAVING count(*) > 0;

        """;

    // Where the state is lost too nobody can tell what was active: everything counts as stopped until a person releases it.
    private const string CloseLostSwitch =
        """
        INSERT INTO kill_switch_audit (action, reason, triggered_by)
        SELECT 'activate', 'The tables of the kill switch were lost, and with them what was active', 'db migrate' WHERE EXISTS (SELECT 1 FROM jarvis_kill_switch_activations);
        """;

    public static bool IsDone(SqliteConnection connection) => AppliedMigrations(connection, transaction: null).Contains(SqliteSchemaContext.NewestMigration);

    /// <param name="restores">Whether to put back what somebody took away since, too: only when a person asks.</param>
    public void Run(bool restores)
    {
        using SqliteConnection connection = connections.Create();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        List<string> applied = AppliedMigrations(connection, transaction);
        bool isDone = applied.Contains(SqliteSchemaContext.NewestMigration);
        if (!isDone || restores)
        {
            IReadOnlyList<SchemaDifference> differences = SchemaDifference.Between(DatabaseKind.Sqlite, SharedTables(connection, transaction));
            if (differences.Count > 0)
            {
                throw SchemaDifference.Refusal(connections.Description, differences);
            }

            bool isStateLost = isDone && !HasTable(connection, transaction, "agent_state");
            bool isAuditLost = isDone && !HasTable(connection, transaction, "kill_switch_audit");
            using SqliteCommand migrate = connection.CreateCommand();
            migrate.Transaction = transaction;
#pragma warning disable CA2100 // EF Core wrote it from our migrations.
            migrate.CommandText = isDone ? Idempotent() : Generate(applied.Max() ?? Migration.InitialDatabase);
#pragma warning restore CA2100
            migrate.ExecuteNonQuery();
            if (isAuditLost)
            {
                migrate.CommandText = NumberAudit + (isStateLost ? CloseLostSwitch : "");
                migrate.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    public static string Script() => $"BEGIN IMMEDIATE;\n{Idempotent()}\nCOMMIT;\n";

    // EF Core writes no idempotent scripts for SQLite; this does it for what our migrations consist of.
    private static string Idempotent() => Generate(Migration.InitialDatabase)
        .ReplaceLineEndings("\n")
        .Replace("CREATE TABLE \"", "CREATE TABLE IF NOT EXISTS \"", StringComparison.Ordinal)
        .Replace("CREATE INDEX \"", "CREATE INDEX IF NOT EXISTS \"", StringComparison.Ordinal)
        .Replace("CREATE UNIQUE INDEX \"", "CREATE UNIQUE INDEX IF NOT EXISTS \"", StringComparison.Ordinal)
        .Replace("INSERT INTO \"jarvis_migrations_history\"", "INSERT OR IGNORE INTO \"jarvis_migrations_history\"", StringComparison.Ordinal)
        .Trim();

    private static string Generate(string fromMigration)
    {
        using SqliteSchemaContext context = SqliteSchemaContext.WithoutDatabase();
        return context.GetService<IMigrator>().GenerateScript(fromMigration, toMigration: null, MigrationsSqlGenerationOptions.NoTransactions);
    }

    private static List<string> AppliedMigrations(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT count(*) FROM sqlite_master WHERE name = '{SqliteSchemaContext.HistoryTable}'";
        if (command.ExecuteScalar() is 0L)
        {
            return [];
        }

        command.CommandText = $"SELECT MigrationId FROM {SqliteSchemaContext.HistoryTable} ORDER BY MigrationId";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> applied = [];
        while (reader.Read())
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }

    private static bool HasTable(SqliteConnection connection, SqliteTransaction transaction, string table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $table";
        command.Parameters.AddWithValue("$table", table);
        return command.ExecuteScalar() is 1L;
    }

    private static List<FoundColumn> SharedTables(SqliteConnection connection, SqliteTransaction transaction)
    {
        List<FoundColumn> found = [];
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """SELECT name, type, "notnull", dflt_value IS NOT NULL, pk FROM pragma_table_info($table)""";
        SqliteParameter parameter = command.Parameters.Add("$table", SqliteType.Text);
        foreach (string table in SharedColumn.Tables)
        {
            parameter.Value = table;
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                bool takesNull = !reader.GetBoolean(2);
                bool isRowId = reader.GetInt32(4) == 1 && string.Equals(reader.GetString(1), "INTEGER", StringComparison.OrdinalIgnoreCase);
                found.Add(new(table, reader.GetString(0), reader.GetString(1), takesNull, takesNull || reader.GetBoolean(3) || isRowId));
            }
        }

        return found;
    }
}
