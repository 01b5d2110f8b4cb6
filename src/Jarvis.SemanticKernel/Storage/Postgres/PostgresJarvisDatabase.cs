using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

internal sealed class PostgresJarvisDatabase : IJarvisDatabase
{
    private const string WhatToDo =
        "Apply docs/schema/postgres.sql to it as a role that may create schemas and tables (psql -f, safe to run twice; the grants that this role then needs are at its top), "
        + "or run 'jarvis db migrate' as such a role, or set AutoMigrate and give this role the right to create.";

    private const string ScriptHeader =
        """
        -- The schema of Jarvis.SemanticKernel. Safe to run twice; tables that exist are left as they are.
        -- Where the programs log in as another role than the one that runs this, that role needs:
        --   GRANT USAGE ON SCHEMA jarvis TO programs;
        --   GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA jarvis TO programs;
        --   GRANT DELETE ON jarvis.processes TO programs;
        --   GRANT SELECT, INSERT, UPDATE ON agent_state, ai_calls, operating_costs, revenue, kill_switch_audit TO programs;
        --   GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO programs;
        -- With these it may release the kill switch too. For agents that may only pull it, use what 'jarvis db script --roles' prints instead.


        """;

    private readonly DatabaseTarget _target;
    private readonly PostgresConnections _connections;
    private readonly PostgresMigration _migration;
    private readonly ReadyOnce _ready;

    public PostgresJarvisDatabase(DatabaseTarget target, PostgresConnections connections)
    {
        _target = target;
        _connections = connections;
        _migration = new PostgresMigration(connections);
        _ready = new ReadyOnce(PrepareAsync);
    }

    public string Description => _connections.Description;

    public ValueTask EnsureReadyAsync(CancellationToken cancellationToken = default) => _ready.EnsureAsync(cancellationToken);

    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _migration.CreateDatabaseWhereMissingAsync(cancellationToken).ConfigureAwait(false);
            await _migration.RunAsync(restores: true, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            throw Explain(exception);
        }
    }

    public async Task<IReadOnlyList<DatabaseFinding>> ExamineAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await new PostgresExamination(_target, _connections, _migration).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            return [new("connection", DatabaseFindingOutcome.Fault, Explain(exception).Message)];
        }
    }

    public string GetScript() => ScriptHeader + PostgresMigration.Script(MigrationsSqlGenerationOptions.Default);

    public string GetRolesScript() => PostgresRoles.Script;

    private async Task PrepareAsync()
    {
        try
        {
            if (await _migration.IsDoneAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }

            if (!_target.AutoMigrate)
            {
                throw new JarvisDatabaseException(
                    $"{Description} lacks the schema that this version needs (migration {PostgresSchemaContext.NewestMigration}), and AutoMigrate is off. {WhatToDo}");
            }

            await _migration.RunAsync(restores: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            throw Explain(exception);
        }
    }

    private JarvisDatabaseException Explain(NpgsqlException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege => new($"{Description} cannot be prepared: {MessageOf(exception)}. {WhatToDo}", exception),
        PostgresErrorCodes.InvalidCatalogName => new($"{Description} does not exist. Create it, or run 'jarvis db migrate', which does.", exception),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            new($"{Description} refused the login: {MessageOf(exception)}. Correct the user name or password in {_target.Source}.", exception),
        null => new($"{Description} cannot be reached: {CauseOf(exception)}. Check that the server runs and that {_target.Source} names it.", exception),
        _ => new($"{Description} cannot be prepared: {MessageOf(exception)} (SQLSTATE {exception.SqlState}).", exception),
    };

    // Of a connection that broke or hung in the middle the driver says no more than that there was an exception. What else it says, of a pool for instance, is its own.
    private static string CauseOf(NpgsqlException exception) =>
        (exception.Message.StartsWith("Exception while ", StringComparison.Ordinal) ? exception.InnerException : null) switch
        {
            null => exception.Message.TrimEnd('.'),
            TimeoutException => "The operation has timed out",
            { } cause => cause.Message.TrimEnd('.'),
        };

    private static string MessageOf(NpgsqlException exception) => exception is PostgresException postgres ? postgres.MessageText : exception.Message;
}
