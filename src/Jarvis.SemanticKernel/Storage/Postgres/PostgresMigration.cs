using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Jarvis.SemanticKernel.Storage.Postgres;

/// <summary>
/// Brings the schema to this version, once, however many processes try, and in one transaction. (EF Core's own MigrateAsync creates schema and history before its
/// transaction begins: where the rest is refused, they stay.)
/// </summary>
internal sealed class PostgresMigration(PostgresConnections connections)
{
    // "Jarvis" in ASCII: any number will do that nobody else locks.
    private const string TakeLock = "SELECT pg_advisory_xact_lock(81820166023539)";

    private const string AskHistory = """SELECT EXISTS (SELECT FROM jarvis.migrations_history WHERE "MigrationId" = $1)""";

    // Others may be at work for as long as their migration takes.
    private const int Seconds = 300;

    private readonly PostgresSchemaCheck _check = new(connections);

    public async Task<bool> IsDoneAsync(CancellationToken cancellationToken)
    {
        NpgsqlCommand command = connections.Main.CreateCommand(AskHistory);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PostgresSchemaContext.NewestMigration });
            try
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                return false;
            }
        }
    }

    /// <param name="restores">Whether to put back what somebody took away since, too: only when a person asks.</param>
    /// <param name="cancellationToken">Interrupts it; nothing is changed then.</param>
    public async Task RunAsync(bool restores, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // Of the transaction, not of the session: it goes with the connection, also through a pooler.
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                NpgsqlCommand command = new(TakeLock, connection, transaction) { CommandTimeout = Seconds };
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    bool isDone = await IsDoneAsync(cancellationToken).ConfigureAwait(false);
                    if (isDone && !restores)
                    {
                        return;
                    }

                    await _check.ThrowIfForeignAsync(cancellationToken).ConfigureAwait(false);
#pragma warning disable CA2100 // EF Core wrote it from our migrations.
                    command.CommandText = isDone ? PostgresSwitchTables.Restore : Script(MigrationsSqlGenerationOptions.NoTransactions);
#pragma warning restore CA2100
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a person may apply by hand is what runs here, to the word.</summary>
    public static string Script(MigrationsSqlGenerationOptions options)
    {
        using PostgresSchemaContext context = PostgresSchemaContext.WithoutDatabase();
        string script = context.GetService<IMigrator>().GenerateScript(options: options | MigrationsSqlGenerationOptions.Idempotent);
        return script.ReplaceLineEndings("\n").Trim() + "\n";
    }

    public async Task CreateDatabaseWhereMissingAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlConnection connection = await connections.Main.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            PostgresSchemaContext context = PostgresSchemaContext.For(connections.Main);
            await using (context.ConfigureAwait(false))
            {
                try
                {
                    await context.GetService<IRelationalDatabaseCreator>().CreateAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException race) when (race.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
                {
                    // Another process was faster.
                }
            }
        }
    }
}
