using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

internal sealed class SqliteJarvisDatabase : IJarvisDatabase
{
    private readonly DatabaseTarget _target;
    private readonly SqliteConnections _connections;
    private readonly SqliteMigration _migration;
    private readonly ReadyOnce _ready;

    public SqliteJarvisDatabase(DatabaseTarget target, SqliteConnections connections)
    {
        _target = target;
        _connections = connections;
        _migration = new SqliteMigration(connections);
        _ready = new ReadyOnce(PrepareAsync);
    }

    public string Description => _connections.Description;

    public ValueTask EnsureReadyAsync(CancellationToken cancellationToken = default) => _ready.EnsureAsync(cancellationToken);

    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.Run(_migration.Run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    public async Task<IReadOnlyList<DatabaseFinding>> ExamineAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return File.Exists(_connections.Path)
                ? await _connections.ReadAsync(SqliteExamination.Run, cancellationToken).ConfigureAwait(false)
                : [new("connection", DatabaseFindingOutcome.Fault, $"{Description} does not exist. Run 'jarvis db migrate', which creates it.")];
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            return [new("connection", DatabaseFindingOutcome.Fault, Explain(exception).Message)];
        }
    }

    public string GetScript() => SqliteMigration.Script();

    public string GetRolesScript() => throw new NotSupportedException("SQLite has no roles: whoever may write the file may release the kill switch.");

    private async Task PrepareAsync()
    {
        try
        {
            if (File.Exists(_connections.Path) && await _connections.ReadAsync(SqliteMigration.IsDone, CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }

            if (!_target.AutoMigrate)
            {
                string fault = File.Exists(_connections.Path) ? $"lacks the schema that this version needs (migration {SqliteSchemaContext.NewestMigration})" : "does not exist";
                throw new JarvisDatabaseException($"{Description} {fault}, and AutoMigrate is off. Run 'jarvis db migrate', or set AutoMigrate.");
            }

            _migration.Run();
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Explain(exception);
        }
    }

    private JarvisDatabaseException Explain(Exception exception) => new(
        $"{Description} cannot be opened or prepared: {exception.Message} Check that this user may write the file and its folder, and that no other kind of file is there.",
        exception);
}
