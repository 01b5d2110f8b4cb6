using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>
/// Binds configuration sections leaf by leaf: bound as a whole, the first bad value would hide the others. A setting that does not exist is a fault too, since a
/// misspelt limit would otherwise be ignored in silence. Of several sections a later one wins; the entries of a list are bound together, since a list has an order.
/// </summary>
internal static class ConfigurationFaults
{
    private static readonly string[] Secrets = [nameof(JarvisRoutingOptions.ApiKey), nameof(JarvisRoutingOptions.Database)];

    public static void Bind(IEnumerable<IConfigurationSection> sections, JarvisRoutingOptions options)
    {
        Dictionary<string, (string Value, string Section)> leaves = new(StringComparer.OrdinalIgnoreCase);
        foreach (IConfigurationSection section in sections)
        {
            foreach ((string path, string? value) in section.AsEnumerable(makePathsRelative: true))
            {
                if (value is not null)
                {
                    leaves[path] = (value, section.Path);
                }
            }
        }

        foreach (IGrouping<string, KeyValuePair<string, (string Value, string Section)>> setting in leaves.GroupBy(leaf => SettingOf(leaf.Key), StringComparer.OrdinalIgnoreCase))
        {
            (string value, string section) = setting.First().Value;
            Bind(setting.Select(leaf => KeyValuePair.Create(leaf.Key, (string?)leaf.Value.Value)), $"{section}:{setting.Key}", setting.Key, setting.Count() == 1 ? value : null, options);
        }
    }

    private static void Bind(IEnumerable<KeyValuePair<string, string?>> leaves, string where, string path, string? value, JarvisRoutingOptions options)
    {
        IConfiguration part = new ConfigurationBuilder().AddInMemoryCollection(leaves).Build();
        try
        {
            part.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            // The binder's own message quotes the value, which may be the key.
            string shown = value is null || Secrets.Contains(path, StringComparer.OrdinalIgnoreCase) ? "a value" : ShownValue.Of(value);
            options.Faults.Add(e.GetBaseException() is InvalidOperationException
                ? $"{where} is no setting of this package. See {nameof(JarvisRoutingOptions)} for those that are."
                : $"{where} is {shown}, which is not of the kind that {nameof(JarvisRoutingOptions)}.{path.Replace(':', '.')} accepts.");
        }
    }

    // The entries of a list are numbered.
    private static string SettingOf(string path) =>
        path.LastIndexOf(':') is >= 0 and var at && int.TryParse(path.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? path[..at] : path;
}
