namespace Jarvis.SemanticKernel;

/// <summary>
/// Settings of the whole package. Where several places set the same thing, code wins over environment variables, these over a configuration section, and
/// that over the default. Read at the first use of any service; every fault is reported at once, in an
/// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>.
/// </summary>
public sealed class JarvisRoutingOptions
{
    /// <summary>The endpoint that serves the tiers unless another one is set.</summary>
    public static Uri DefaultEndpoint { get; } = new("https://openrouter.ai/api/v1");

    /// <summary>Gets or sets the key for the endpoint.</summary>
    /// <value>No default; environment variable <c>OPENROUTER_API_KEY</c>.</value>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the base address of the API, without the final <c>/chat/completions</c>.</summary>
    /// <value>An absolute http or https address; the default is <see cref="DefaultEndpoint"/>; environment variable <c>OPENROUTER_BASE_URL</c>.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the database that holds the kill switch and the ledger.</summary>
    /// <value>
    /// A <c>postgres://</c> URL, an Npgsql connection string, or the path of a SQLite file. Environment variable <c>JARVIS_DATABASE_URL</c>, else
    /// <c>DATABASE_URL</c> if it names a Postgres database; the default is the SQLite file <c>jarvis/jarvis.db</c> in the user's local application data.
    /// </value>
    public string? Database { get; set; }

    /// <summary>Gets or sets a value indicating whether first use may create and migrate the schema.</summary>
    /// <value>By default <see langword="true"/>, except for a database that was found only through <c>DATABASE_URL</c>: that one belongs to somebody else.</value>
    public bool? AutoMigrate { get; set; }

    /// <summary>Gets the tiers by name. Names are compared without regard to case.</summary>
    /// <value><c>strong</c>, <c>mid</c> and <c>cheap</c>; others can be added.</value>
    public IDictionary<string, TierOptions> Tiers { get; } = TierOptions.Defaults();

    /// <summary>Gets or sets the tier that serves a call that names none.</summary>
    /// <value>The name of a tier; the default is <c>mid</c>.</value>
    public string DefaultTier { get; set; } = Tier.Mid;

    /// <summary>Gets or sets the address sent as <c>HTTP-Referer</c>, by which OpenRouter attributes the calls to an application.</summary>
    public Uri? AppUrl { get; set; } = new("https://jarvis.local/");

    /// <summary>Gets or sets the name sent as <c>X-OpenRouter-Title</c>, shown in OpenRouter's activity.</summary>
    /// <value>Printable ASCII; the default is <c>Jarvis</c>.</value>
    public string? AppTitle { get; set; } = "Jarvis";

    /// <summary>Gets or sets which plugins are imported into every kernel. Read when <c>AddJarvisRouting</c> runs.</summary>
    /// <value>The default is all of them.</value>
    public JarvisPlugins Plugins { get; set; } = JarvisPlugins.All;

    /// <summary>Gets the settings of the kill switch.</summary>
    public KillSwitchOptions KillSwitch { get; } = new();

    /// <summary>Gets the settings of the ledger.</summary>
    public LedgerOptions Ledger { get; } = new();

    /// <summary>Gets how what is left of the key's limit is watched.</summary>
    public CreditOptions Credits { get; } = new();

    /// <summary>Gets the retries and time limits of a call.</summary>
    public ResilienceOptions Resilience { get; } = new();

    /// <summary>Gets or sets what configuration or environment said of <see cref="Database"/>, and where. What code set is another text.</summary>
    internal (string Text, string Source)? FoundDatabase { get; set; }

    /// <summary>Gets the faults of sources that could not be expressed as a value.</summary>
    internal List<string> Faults { get; } = [];
}
