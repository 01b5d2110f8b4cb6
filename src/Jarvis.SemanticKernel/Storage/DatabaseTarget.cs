namespace Jarvis.SemanticKernel.Storage;

/// <summary>Which database, and whether it may be migrated without being asked.</summary>
/// <param name="Kind">The engine.</param>
/// <param name="ConnectionString">For the driver. Holds the password: never printed.</param>
/// <param name="Source">Where the setting came from, for messages: <c>JarvisRoutingOptions.Database</c>, <c>JARVIS_DATABASE_URL</c>, <c>DATABASE_URL</c>, the default.</param>
/// <param name="AutoMigrate">Whether first use may create and migrate the schema.</param>
internal sealed record DatabaseTarget(DatabaseKind Kind, string ConnectionString, string Source, bool AutoMigrate)
{
    // A record's own ToString would print the password.
    public override string ToString() => $"{Kind} ({Source})";
}

internal enum DatabaseKind
{
    Sqlite,
    Postgres,
}
