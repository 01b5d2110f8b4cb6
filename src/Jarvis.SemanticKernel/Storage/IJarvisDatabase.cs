namespace Jarvis.SemanticKernel;

/// <summary>The database behind the kill switch and the ledger. Thread-safe.</summary>
public interface IJarvisDatabase
{
    /// <summary>Gets which database this is, for people: kind, host, name or path, and where the setting came from. Never a password.</summary>
    string Description { get; }

    /// <summary>Makes sure that the schema is there and current, migrating it where that is allowed. Cheap after the first success.</summary>
    /// <param name="cancellationToken">Stops waiting; a migration under way is finished or rolled back by the database.</param>
    /// <exception cref="JarvisDatabaseException">The database cannot be reached, may not be migrated, or holds a foreign table of the same name. Says what to do.</exception>
    ValueTask EnsureReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates what is missing, whatever the setting says. Safe to run twice and by several processes at once.</summary>
    /// <param name="cancellationToken">Cancels the migration; what was not committed is rolled back.</param>
    /// <exception cref="JarvisDatabaseException">See <see cref="EnsureReadyAsync"/>.</exception>
    Task MigrateAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks whether the database is what the package needs: reachable, current, append-only audit, time zone, notifications. Changes nothing.</summary>
    /// <param name="cancellationToken">Cancels the examination.</param>
    /// <returns>What was found, in the order of the questions; only the first ones when the later ones cannot be asked.</returns>
    Task<IReadOnlyList<DatabaseFinding>> ExamineAsync(CancellationToken cancellationToken = default);

    /// <summary>Writes the SQL that <see cref="MigrateAsync"/> would run on an empty database. Safe to run twice.</summary>
    string GetScript();

    /// <summary>
    /// Writes the SQL that makes two roles: <c>jarvis_agent</c>, which may activate the kill switch and not release it, and <c>jarvis_operator</c>. Safe to run twice.
    /// </summary>
    /// <exception cref="NotSupportedException">The database has no roles: it is a SQLite file.</exception>
    string GetRolesScript();
}
