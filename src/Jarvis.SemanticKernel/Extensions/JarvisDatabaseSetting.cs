using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Storage;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>
/// Which database the finished options name, and where its setting came from. Found here and not while the options are filled, since others may configure them later.
/// </summary>
internal static class JarvisDatabaseSetting
{
    public static bool TryFind(
        JarvisRoutingOptions options, EnvironmentVariables environment, [NotNullWhen(true)] out DatabaseTarget? target, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (options.Database is not { } text)
        {
            target = FromSharedVariable(options, environment) ?? DatabaseTargetParser.Default(options.AutoMigrate ?? true);
            return true;
        }

        return DatabaseTargetParser.TryParse(text, SourceOf(options, text), options.AutoMigrate ?? true, out target, out fault);
    }

    private static string SourceOf(JarvisRoutingOptions options, string text) =>
        options.FoundDatabase is { } found && found.Text == text ? found.Source : $"{nameof(JarvisRoutingOptions)}.{nameof(options.Database)}";

    // The variable that every platform sets for an application's own database is the last resort, and only where it can be ours at all. It is not ours to change
    // without being asked.
    private static DatabaseTarget? FromSharedVariable(JarvisRoutingOptions options, EnvironmentVariables environment) =>
        environment.Get(JarvisOptionsSetup.SharedDatabaseVariable) is { } shared
            && DatabaseTargetParser.TryParse(shared, JarvisOptionsSetup.SharedDatabaseVariable, options.AutoMigrate ?? false, out DatabaseTarget? target, out _)
            && target.Kind == DatabaseKind.Postgres
            ? target
            : null;
}
