namespace Jarvis.SemanticKernel;

/// <summary>
/// Settings of the whole package. Where several places set the same thing, code wins over environment variables, these over a configuration section, and
/// that over the default. Read at the first use of any service; every fault is reported at once, in an
/// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/>. When a configuration section reloads, <see cref="Tiers"/>, <see cref="DefaultTier"/>,
/// <see cref="Routes"/>, <see cref="Endpoint"/>, <see cref="ApiKey"/>, <see cref="AppUrl"/> and <see cref="AppTitle"/> are used as they are then from the next call on; all others
/// stay. Settings with a fault are logged and change nothing.
/// </summary>
public sealed class JarvisRoutingOptions
{
    private readonly Dictionary<string, string> _routesOfCode = new(StringComparer.OrdinalIgnoreCase);

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

    /// <summary>Gets which tiers serve which functions, unless a call says otherwise: the tier's name by a pattern over <c>Plugin.Function</c>.</summary>
    /// <value>
    /// Empty by default. In a pattern <c>*</c> stands for any characters, none included; patterns and names are compared without regard to case. Of several that fit, the one
    /// without <c>*</c> wins, else the one with more before its first <c>*</c>, else with more characters besides <c>*</c>, else the first in the alphabet.
    /// </value>
    public IDictionary<string, string> Routes { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

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

    /// <summary>Gets what a model may hand over to other tiers.</summary>
    public DelegationOptions Delegation { get; } = new();

    /// <summary>Says which tier serves the functions that a pattern fits, see <see cref="Routes"/>. Wins over configuration; a pattern that code gives two tiers is a fault.</summary>
    /// <param name="pattern">The pattern over <c>Plugin.Function</c>, such as <c>Planner.*</c>. A function outside of a plugin has its name alone.</param>
    /// <param name="tier">The name of a tier, see <see cref="Tier"/>.</param>
    /// <returns>These options.</returns>
    public JarvisRoutingOptions Route(string pattern, string tier)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(tier);
        if (!_routesOfCode.TryAdd(pattern, tier) && !string.Equals(_routesOfCode[pattern], tier, StringComparison.OrdinalIgnoreCase))
        {
            Faults.Add($"Routes:{pattern} is set twice, to '{_routesOfCode[pattern]}' and to '{tier}'. Accepted is one tier for each pattern.");
        }

        Routes[pattern] = tier;
        return this;
    }

    /// <summary>Gets or sets what configuration or environment said of <see cref="Database"/>, and where. What code set is another text.</summary>
    internal (string Text, string Source)? FoundDatabase { get; set; }

    /// <summary>Gets the faults of sources that could not be expressed as a value.</summary>
    internal List<string> Faults { get; } = [];
}
