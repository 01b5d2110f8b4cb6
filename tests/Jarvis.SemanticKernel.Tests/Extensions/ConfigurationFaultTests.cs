using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Extensions;

/// <summary>Every fault of the settings is reported, together with the others, before the first request and without a secret.</summary>
public class ConfigurationFaultTests
{
    private const string Canary = "canary-5f2e";

    private static readonly Dictionary<string, Fault> Faults = new(StringComparer.Ordinal)
    {
        ["no key"] = new(["ApiKey", "OPENROUTER_API_KEY"], Code: o => o.ApiKey = null),
        ["empty key in the environment"] = new(["ApiKey", "OPENROUTER_API_KEY"], Code: _ => { }, Environment: ("OPENROUTER_API_KEY", "")),
        ["key with a blank"] = new(["ApiKey", "OPENROUTER_API_KEY", "blank"], Code: o => o.ApiKey = "sk-or-v1-" + Canary + " "),
        ["key with a line break"] = new(["ApiKey", "OPENROUTER_API_KEY", "line break"], Code: o => o.ApiKey = "sk-or-v1-" + Canary + "\n"),
        ["endpoint of another scheme"] = new(["Endpoint", "OPENROUTER_BASE_URL", "ftp"], Code: o => o.Endpoint = new Uri("ftp://example.org/api")),
        ["relative endpoint"] = new(["Endpoint", "OPENROUTER_BASE_URL"], Code: o => o.Endpoint = new Uri("api/v1", UriKind.Relative)),
        ["endpoint in the environment"] = new(["OPENROUTER_BASE_URL", "not an address"], Environment: ("OPENROUTER_BASE_URL", "not an address")),
        ["key in place of the endpoint"] = new(["OPENROUTER_BASE_URL"], Environment: ("OPENROUTER_BASE_URL", "sk-or-v1-" + Canary)),
        ["database in place of the endpoint"] = new(["OPENROUTER_BASE_URL"], Environment: ("OPENROUTER_BASE_URL", $"postgres://user:{Canary}@host/db")),
        ["password in the endpoint's place in code"] = new(["Endpoint"], Code: o => o.Endpoint = new Uri($"postgres://user:{Canary}@host/db")),
        ["empty model in code"] = new(["Tiers:strong:Model", "JARVIS_MODEL_STRONG"], Code: o => o.Tiers["strong"].Model = ""),
        ["empty model in the environment"] = new(["Tiers:cheap:Model", "JARVIS_MODEL_CHEAP"], Environment: ("JARVIS_MODEL_CHEAP", "")),
        ["blank model in configuration"] = new(["Tiers:mid:Model", "JARVIS_MODEL_MID"], Configuration: ("Tiers:mid:Model", "  ")),
        ["tier of one's own without model"] = new(["Tiers:vision:Model"], Code: o => o.Tiers["vision"] = new TierOptions()),
        ["tier without a name"] = new(["Tiers", "without a name"], Code: o => o.Tiers[" "] = new TierOptions { Model = "m" }),
        ["tier with a reserved name"] = new(["Tiers:Default", "reserves"], Code: o => o.Tiers["Default"] = new TierOptions { Model = "m" }),
        ["unknown fallback tier"] = new(["Tiers:strong:FallbackTier", "'middle'", "mid, cheap"], Configuration: ("Tiers:strong:FallbackTier", "middle")),
        ["tier that falls back to itself"] = new(["Tiers:mid:FallbackTier", "mid → mid"], Code: o => o.Tiers["mid"].FallbackTier = "mid"),
        ["tier's endpoint of another scheme"] = new(["Tiers:local:Endpoint", "ftp"], Code: o => o.Tiers["local"] = new() { Model = "m", Endpoint = new Uri("ftp://example.org") }),
        ["password in a tier's endpoint"] = new(["Tiers:local:Endpoint"], Code: o => o.Tiers["local"] = new() { Model = "m", Endpoint = new Uri($"postgres://user:{Canary}@host/db") }),
        ["key of a tier without endpoint"] = new(["Tiers:mid:ApiKey", "Tiers:mid:Endpoint"], Configuration: ("Tiers:mid:ApiKey", Canary)),
        ["key of a tier with a blank"] = new(["Tiers:local:ApiKey", "blank"], Code: o => o.Tiers["local"] = new() { Model = "m", Endpoint = new Uri("http://localhost"), ApiKey = Canary + " " }),
        ["prices of a tier without endpoint"] = new(["Tiers:mid:Prices", "Tiers:mid:Endpoint"], Configuration: ("Tiers:mid:Prices:PromptUsdPerMillion", "1")),
        ["negative prices"] = new(["Tiers:local:Prices", "-1"], Code: o => o.Tiers["local"] = new() { Model = "m", Endpoint = new Uri("http://localhost"), Prices = new() { PromptUsdPerMillion = -1m } }),
        ["unknown default tier"] = new(["DefaultTier", "'medium'", "strong, mid, cheap"], Code: o => o.DefaultTier = "medium"),
        ["no depth"] = new(["Delegation:MaxDepth", "0", "1 to 5"], Code: o => o.Delegation.MaxDepth = 0),
        ["too many delegated tasks"] = new(["Delegation:MaxTasks", "1001", "1 to 1000"], Configuration: ("Delegation:MaxTasks", "1001")),
        ["no tokens"] = new(["Tiers:mid:MaxTokens", "0", "1 to 1000000"], Code: o => o.Tiers["mid"].MaxTokens = 0),
        ["too many tokens"] = new(["Tiers:mid:MaxTokens", "1000001"], Configuration: ("Tiers:mid:MaxTokens", "1000001")),
        ["too many fallback models"] = new(["Tiers:mid:FallbackModels", "3", "2 at most"], Code: o => o.Tiers["mid"].FallbackModels = ["a", "b", "c"]),
        ["no list of fallback models"] = new(["Tiers:mid:FallbackModels", "null"], Code: o => o.Tiers["mid"].FallbackModels = null!),
        ["empty fallback model"] = new(["Tiers:mid:FallbackModels", "empty"], Configuration: ("Tiers:mid:FallbackModels:0", "")),
        ["fallback model twice"] = new(["Tiers:mid:FallbackModels", "'a'", "twice"], Code: o => o.Tiers["mid"].FallbackModels = ["a", "a"]),
        ["fallback to itself"] = new(["Tiers:mid:FallbackModels", "own model"], Code: o => o.Tiers["mid"].FallbackModels = [o.Tiers["mid"].Model!]),
        ["empty provider"] = new(["Tiers:strong:Provider:Order", "empty"], Code: o => o.Tiers["strong"].Provider.Order = [" "]),
        ["provider wanted and not"] = new(["Tiers:strong:Provider:Ignore", "'groq'"], Code: o => (o.Tiers["strong"].Provider.Only, o.Tiers["strong"].Provider.Ignore) = (["Groq"], ["groq"])),
        ["sorted by nothing known"] = new(["Jarvis:Tiers:strong:Provider:Sort", "'Beauty'"], Configuration: ("Tiers:strong:Provider:Sort", "Beauty")),
        ["sorted by a number"] = new(["Tiers:strong:Provider:Sort", "7", "Price, Throughput"], Code: o => o.Tiers["strong"].Provider.Sort = (ProviderSort)7),
        ["negative price"] = new(["Tiers:strong:Provider:MaxPrice:PromptUsdPerMillion", "-1"], Code: o => o.Tiers["strong"].Provider.MaxPrice.PromptUsdPerMillion = -1m),
        ["unknown setting of a list"] = new(["Jarvis:Tiers:mid:Fallbacks", "no setting"], Configuration: ("Tiers:mid:Fallbacks:0", "m")),
        ["route to no tier"] = new(["Routes:Planner.*", "'stong'", "strong, mid, cheap"], Code: o => o.Route("Planner.*", "stong")),
        ["route to no tier in configuration"] = new(["Routes:Writer.*", "'stong'", "strong, mid, cheap"], Configuration: ("Routes:Writer.*", "stong")),
        ["route without a pattern"] = new(["Routes", "empty", "Planner.*"], Code: o => o.Route(" ", "strong")),
        ["route of another form"] = new(["Routes", "'Planner/*'", "Planner.*"], Code: o => o.Route("Planner/*", "strong")),
        ["route with two dots"] = new(["Routes", "'A.B.C'", "dot"], Code: o => o.Route("A.B.C", "strong")),
        ["route with two stars"] = new(["Routes", "'Planner.**'", "in a row"], Code: o => o.Route("Planner.**", "strong")),
        ["route to two tiers"] = new(["Routes:planner.*", "'strong'", "'cheap'", "one tier"], Code: o => o.Route("Planner.*", "strong").Route("planner.*", "cheap")),
        ["database that is none"] = new(["Database", "JARVIS_DATABASE_URL"], Code: o => o.Database = $"Host=;Password={Canary}"),
        ["database URL that is none"] = new(["Database", "JARVIS_DATABASE_URL"], Environment: ("JARVIS_DATABASE_URL", $"postgres://user:{Canary}@:99999999/")),
        ["long cache"] = new(["KillSwitch:CacheDuration", "00:01:01", "00:01:00"], Code: o => o.KillSwitch.CacheDuration = TimeSpan.FromSeconds(61)),
        ["negative cache"] = new(["KillSwitch:CacheDuration"], Code: o => o.KillSwitch.CacheDuration = TimeSpan.FromTicks(-1)),
        ["no read time-out"] = new(["KillSwitch:ReadTimeout"], Code: o => o.KillSwitch.ReadTimeout = TimeSpan.Zero),
        ["staleness below the cache"] = new(["KillSwitch:MaxStaleness"], Code: o => o.KillSwitch.MaxStaleness = TimeSpan.FromMilliseconds(999)),
        ["no store time-out"] = new(["Ledger:StoreTimeout"], Code: o => o.Ledger.StoreTimeout = TimeSpan.Zero),
        ["relative journal folder"] = new(["Ledger:JournalFolder", "'journal'", "full path", "Ledger:UseJournal"], Code: o => o.Ledger.JournalFolder = "journal"),
        ["empty journal folder"] = new(["Ledger:JournalFolder", "full path"], Configuration: ("Ledger:JournalFolder", "")),
        ["database in place of the journal"] = new(["Ledger:JournalFolder"], Code: o => o.Ledger.JournalFolder = $"postgres://user:{Canary}@host/db"),
        ["first question at once"] = new(["Ledger:Reconciliation:FirstWait", "00:00:00.0100000"], Code: o => o.Ledger.Reconciliation.FirstWait = TimeSpan.Zero),
        ["longest wait below the first"] = new(["Ledger:Reconciliation:LongestWait", "00:00:02"], Configuration: ("Ledger:Reconciliation:LongestWait", "00:00:01")),
        ["asking for days"] = new(["Ledger:Reconciliation:GiveUpAfter"], Code: o => o.Ledger.Reconciliation.GiveUpAfter = TimeSpan.FromDays(1)),
        ["picking up negative ages"] = new(["Ledger:Reconciliation:PickUpWithin"], Code: o => o.Ledger.Reconciliation.PickUpWithin = TimeSpan.FromTicks(-1)),
        ["too many retries"] = new(["Resilience:MaxRetries", "11", "0 to 10"], Configuration: ("Resilience:MaxRetries", "11")),
        ["negative retries"] = new(["Resilience:MaxRetries"], Code: o => o.Resilience.MaxRetries = -1),
        ["long retry delay"] = new(["Resilience:RetryDelay"], Configuration: ("Resilience:RetryDelay", "00:02:00")),
        ["total below attempt"] = new(["Resilience:TotalTimeout"], Code: o => o.Resilience.TotalTimeout = TimeSpan.FromSeconds(1)),
        ["idle limit of nothing"] = new(["Resilience:StreamIdleTimeout"], Code: o => o.Resilience.StreamIdleTimeout = TimeSpan.Zero),
        ["no first byte limit"] = new(["Resilience:FirstByteTimeout", "00:00:00.0100000"], Code: o => o.Resilience.FirstByteTimeout = TimeSpan.Zero),
        ["failure ratio above all"] = new(["Resilience:CircuitBreaker:FailureRatio", "1.5", "0.001 to 1"], Configuration: ("Resilience:CircuitBreaker:FailureRatio", "1.5")),
        ["failure ratio that is no number"] = new(["Resilience:CircuitBreaker:FailureRatio", "NaN"], Code: o => o.Resilience.CircuitBreaker.FailureRatio = double.NaN),
        ["one attempt to judge by"] = new(["Resilience:CircuitBreaker:MinimumAttempts", "2 to 1000000"], Code: o => o.Resilience.CircuitBreaker.MinimumAttempts = 1),
        ["window of nothing"] = new(["Resilience:CircuitBreaker:Window"], Code: o => o.Resilience.CircuitBreaker.Window = TimeSpan.Zero),
        ["break of days"] = new(["Resilience:CircuitBreaker:BreakDuration"], Code: o => o.Resilience.CircuitBreaker.BreakDuration = TimeSpan.FromDays(2)),
        ["unknown setting"] = new(["Jarvis:Resilience:MaxRetry", "no setting"], Configuration: ("Resilience:MaxRetry", "1")),
        ["unknown setting of a tier"] = new(["Jarvis:Tiers:mid:Modell", "no setting"], Configuration: ("Tiers:mid:Modell", "m")),
        ["value of another kind"] = new(["Jarvis:KillSwitch:CacheDuration", "'soon'"], Configuration: ("KillSwitch:CacheDuration", "soon")),
        ["plugins that are none"] = new(["Jarvis:Plugins", "'Everything'"], Configuration: ("Plugins", "Everything")),
        ["title with a line break"] = new(["AppTitle"], Code: o => o.AppTitle = "a\r\nX-Evil: 1"),
        ["title outside ASCII"] = new(["AppTitle"], Code: o => o.AppTitle = "Jürgen"),
        ["relative application address"] = new(["AppUrl"], Code: o => o.AppUrl = new Uri("about", UriKind.Relative)),
    };

    public static TheoryData<string> Names { get; } = [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void OneFault_IsNamedWithItsSettingAndItsVariable(string name)
    {
        Fault fault = Faults[name];

        OptionsValidationException invalid = Assert.Throws<OptionsValidationException>(() => BuildKernel([fault]).Plugins.Count);

        string message = Assert.Single(invalid.Failures);
        Assert.All(fault.Named, named => Assert.Contains(named, message, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, invalid.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void VariableThatNobodyReads_IsNotNamed()
    {
        OptionsValidationException invalid = Assert.Throws<OptionsValidationException>(() => BuildKernel([Faults["tier of one's own without model"]]).Plugins.Count);

        Assert.DoesNotContain("JARVIS_MODEL_VISION", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyFaults_AreReportedTogether()
    {
        string[] names =
        [
            "key with a blank", "endpoint in the environment", "empty model in the environment", "blank model in configuration", "empty model in code", "unknown default tier",
            "no tokens", "too many fallback models", "negative price", "route to no tier", "route without a pattern", "route with two dots",
            "database that is none", "long cache", "too many retries", "unknown setting", "value of another kind", "title outside ASCII", "relative application address",
        ];

        OptionsValidationException invalid = Assert.Throws<OptionsValidationException>(() => BuildKernel(names.Select(name => Faults[name])).Plugins.Count);

        Assert.Equal(names.Length, invalid.Failures.Count());
        Assert.All(names.SelectMany(name => Faults[name].Named), named => Assert.Contains(named, invalid.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, invalid.ToString(), StringComparison.Ordinal);
    }

    private static Kernel BuildKernel(IEnumerable<Fault> faults)
    {
        Fault[] all = [.. faults];
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<EnvironmentVariables>(new TestEnvironment([.. all.Select(fault => fault.Environment).OfType<(string, string)>()]));
        builder.AddJarvisRouting(new ConfigurationBuilder()
            .AddInMemoryCollection(all.Select(fault => fault.Configuration).OfType<(string Key, string Value)>().Select(pair => KeyValuePair.Create("Jarvis:" + pair.Key, (string?)pair.Value)))
            .Build());
        builder.AddJarvisRouting(options =>
        {
            if (all is not [{ Environment: ("OPENROUTER_API_KEY", _) }])
            {
                options.ApiKey = "sk-or-v1-good";
            }

            Array.ForEach(all, fault => fault.Code?.Invoke(options));
        });
        return builder.Build();
    }

    private sealed record Fault(
        string[] Named, Action<JarvisRoutingOptions>? Code = null, (string, string)? Environment = null, (string, string)? Configuration = null);
}
