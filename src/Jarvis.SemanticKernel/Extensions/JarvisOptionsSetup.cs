using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>Fills the options in the order in which the sources win: configuration, then environment, then code.</summary>
internal sealed class JarvisOptionsSetup(JarvisRegistration registration, EnvironmentVariables environment) : IConfigureOptions<JarvisRoutingOptions>
{
    public const string ApiKeyVariable = "OPENROUTER_API_KEY";
    public const string EndpointVariable = "OPENROUTER_BASE_URL";
    public const string DatabaseVariable = "JARVIS_DATABASE_URL";
    public const string SharedDatabaseVariable = "DATABASE_URL";

    public void Configure(JarvisRoutingOptions options)
    {
        ConfigurationFaults.Bind(registration.Sections, options);
        foreach (IConfigurationSection section in registration.Sections)
        {
            if (section[nameof(options.Database)] is { } database)
            {
                options.FoundDatabase = (database, $"{section.Path}:{nameof(options.Database)}");
            }
        }

        FromEnvironment(options);
        registration.Configure.ForEach(configure => configure(options));
    }

    private void FromEnvironment(JarvisRoutingOptions options)
    {
        options.ApiKey = environment.Get(ApiKeyVariable) ?? options.ApiKey;
        if (environment.Get(DatabaseVariable) is { } database)
        {
            (options.Database, options.FoundDatabase) = (database, (database, DatabaseVariable));
        }

        if (environment.Get(EndpointVariable) is { } endpoint)
        {
            if (Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri))
            {
                options.Endpoint = uri;
            }
            else
            {
                options.Faults.Add($"{EndpointVariable} is {ShownValue.Of(endpoint)}. Accepted is an absolute http or https address, such as {JarvisRoutingOptions.DefaultEndpoint}.");
            }
        }

        foreach (string tier in ModelSetting.TiersWithVariable)
        {
            if (environment.Get(ModelSetting.VariableOf(tier)) is { } model && options.Tiers.TryGetValue(tier, out TierOptions? settings))
            {
                settings.Model = model;
            }
        }
    }
}
