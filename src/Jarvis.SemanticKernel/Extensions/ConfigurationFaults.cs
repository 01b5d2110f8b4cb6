using Microsoft.Extensions.Configuration;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>
/// Binds a configuration section leaf by leaf: bound as a whole, the first bad value would hide the others. A setting that does not exist is a fault too, since a
/// misspelt limit would otherwise be ignored in silence.
/// </summary>
internal static class ConfigurationFaults
{
    private static readonly string[] Secrets = [nameof(JarvisRoutingOptions.ApiKey), nameof(JarvisRoutingOptions.Database)];

    public static void Bind(IConfigurationSection section, JarvisRoutingOptions options)
    {
        foreach ((string path, string? value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is null)
            {
                continue;
            }

            IConfiguration leaf = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(path, (string?)value)]).Build();
            try
            {
                leaf.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            }
            catch (InvalidOperationException e)
            {
                // The binder's own message quotes the value, which may be the key.
                string shown = Secrets.Contains(path, StringComparer.OrdinalIgnoreCase) ? "a value" : ShownValue.Of(value);
                options.Faults.Add(e.GetBaseException() is InvalidOperationException
                    ? $"{section.Path}:{path} is no setting of this package. See {nameof(JarvisRoutingOptions)} for those that are."
                    : $"{section.Path}:{path} is {shown}, which is not of the kind that {nameof(JarvisRoutingOptions)}.{path.Replace(':', '.')} accepts.");
            }
        }
    }
}
