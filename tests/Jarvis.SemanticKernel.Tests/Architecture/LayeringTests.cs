namespace Jarvis.SemanticKernel.Tests.Architecture;

/// <summary>Who may know whom in the package; docs/architecture.md says why.</summary>
public class LayeringTests
{
    private static readonly string[] Rooms = ["Costs", "Diagnostics", "Extensions", "KillSwitch", "Ledger", "ModelCalls", "OpenRouter", "Plugins", "Routing", "Storage"];

    /// <summary>What a rule forbids and the code does all the same: who, whose type, and why.</summary>
    private static readonly (string From, string To, string Type, string Reason)[] Exceptions =
    [
        ("Storage", "KillSwitch", "KillSwitchRow", "what the store contract IKillSwitchStore reads"),
        ("Storage", "Ledger", "CallCorrection", "what the store contract ICallCorrectionStore writes"),
        ("Storage", "Ledger", "UnresolvedCall", "what the store contract IUnresolvedCallStore reads"),
        ("Ledger", "OpenRouter", "Generation", "what the contract IOpenRouterApi answers"),
        ("Ledger", "OpenRouter", "ApiFailureException", "how the contract IOpenRouterApi says that there is no answer, and when to ask again"),
        ("Costs", "OpenRouter", "KeyUsage", "what the contract IOpenRouterApi answers"),
        ("Costs", "OpenRouter", "ApiFailureException", "how the contract IOpenRouterApi says that there is no answer"),
        ("Ledger", "OpenRouter", "TokenCounts", "what the contract IPriceList is asked to price"),
        ("Storage", "Costs", "SpendReading", "what the store contract ICostStore is asked"),
        ("Storage", "Costs", "SpendRows", "what the store contract ICostStore answers"),
        ("Storage", "KillSwitch", "KillSwitchRows", "what the store contract IKillSwitchStore reads"),
        ("Plugins", "KillSwitch", "AlwaysCallable", "marks the functions that only read, so that they stay callable while the switch is active"),
        ("Plugins", "Routing", "ITaskDelegation", "what the plugin of the same room's name asks: a model delegates by calls of the tiers, which only Routing can make"),
        ("Routing", "OpenRouter", "TokenCounts", "what the contract IPriceList is asked to price"),
        ("KillSwitch", "Routing", "AmbientCall", "a function outside of any call is about the agent and the goal of its scope"),
        ("KillSwitch", "Routing", "LogicalCall", "finds the calls that enclose the code, to stop those that a switch covers"),
        ("KillSwitch", "Routing", "PromptScopes", "a template may call functions before there is a call that knows its tier"),
        ("KillSwitch", "Routing", "StopLatch", "a call that was stopped stays stopped: Semantic Kernel makes a message for the model of a tool filter's exception"),
        ("KillSwitch", "Routing", "TierRequest", "in a handler the logical call travels with the request, the ambient one may be another"),
        ("KillSwitch", "ModelCalls", "ModelCallException", "the caller of a call that was stopped is told of the switch, and not of the failure that would have been retried"),
        ("ModelCalls", "Routing", "LogicalCall", "a streamed call ends for its reader only when its record is durable, so the logical call tracks it"),
        ("ModelCalls", "Routing", "ScopedStream", "a foreign client's stream is enumerated in the scope of its call, as a tier's is"),
        ("ModelCalls", "Routing", "TierRequest", "tier, model and attribution travel with the request through the handlers"),
        ("ModelCalls", "Routing", "TierTarget", "the request that stands for a foreign client's call says whom it goes to, as those of the tiers do"),
        ("ModelCalls", "Routing", "ModelSetting", "an error says which setting names the model that is gone"),
        ("Routing", "OpenRouter", "RequestExtras", "what only OpenRouter understands of a tier's options, and Routing makes its settings"),
        ("Routing", "OpenRouter", "RunAttribution", "the header of a run is OpenRouter's own, and Routing knows the run"),
        ("Routing", "OpenRouter", "AppAttribution", "the headers of every request are OpenRouter's own, and Routing makes the clients"),
    ];

    /// <summary>Sources that break a rule each: proof that the test finds what it looks for.</summary>
    private static readonly (string Path, string Text)[] Planted =
    [
        ("Diagnostics/PlantedKnowsSomebody.cs", "class P { object O => Jarvis.SemanticKernel.Tier.Mid; }"),
        ("Ledger/PlantedNamesStorage.cs", "using Jarvis.SemanticKernel.Storage.Sqlite; class P { string S => SqliteFile.DefaultPath(); }"),
        ("Routing/PlantedKnowsExtensions.cs", "class P { void M(Microsoft.SemanticKernel.KernelArguments a) => Microsoft.SemanticKernel.JarvisKernelArgumentsExtensions.WithGoal(a, 1); }"),
        ("Costs/PlantedCallsAnExtension.cs", "using Microsoft.SemanticKernel; class P { void M(KernelArguments a) => a.WithGoal(1); }"),
        ("Plugins/PlantedReleases.cs", "class P { Jarvis.SemanticKernel.IKillSwitchOperator? O; }"),
        ("Plugins/PlantedWrites.cs", "using L = Jarvis.SemanticKernel.IAiCallLedger; class P { L? O; }"),
        ("KillSwitch/PlantedReadsBytes.cs", "using Jarvis.SemanticKernel.ModelCalls; class P { object O() { var scanner = new SseScanner(); return scanner; } }"),
        ("Ledger/PlantedOptionsOfTheWire.cs", "class P { Jarvis.SemanticKernel.ResilienceOptions O => new(); }"),
        ("Storage/PlantedKnowsTheGuard.cs", "using Jarvis.SemanticKernel.KillSwitch; class P { void M(KillSwitchGuard guard) { var t = guard.StopToken; } }"),
        ("Storage/PlantedRoutes.cs", "class P { object O => Jarvis.SemanticKernel.Tier.Mid; }"),
        ("Costs/PlantedKnowsAnInside.cs", "using Jarvis.SemanticKernel.Ledger; class P { GroupCommitLedger? L; }"),
    ];

    private static readonly Lazy<IReadOnlyList<RoomReference>> References = new(() => RoomReference.Find(Planted));

    [Fact]
    public void Rooms_AreTheKnownOnes()
    {
        string[] found = [.. Repository.Files("src/Jarvis.SemanticKernel", ".cs").Select(path => path.Split('/')[2]).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(Rooms, found);
    }

    [Fact]
    public void Rooms_KnowOnlyWhomTheyMay()
    {
        string[] faults = [.. References.Value.Where(r => !IsPlanted(r)).Where(r => !IsExcepted(r)).Select(Fault).OfType<string>().Order(StringComparer.Ordinal)];

        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void PlantedViolations_AreFound()
    {
        string[] found = [.. References.Value.Where(IsPlanted).Where(r => Fault(r) is not null).Select(r => r.File).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(Planted.Select(source => source.Path).Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Exceptions_AreAllNeeded()
    {
        string[] unneeded =
        [
            .. Exceptions.Where(e => !References.Value.Any(r => !IsPlanted(r) && Fault(r) is not null && (r.From, r.To, r.Type) == (e.From, e.To, e.Type)))
                .Select(e => $"{e.From} does not name {e.To}'s {e.Type} any more"),
        ];

        Assert.Empty(unneeded);
    }

    private static string? Fault(RoomReference reference) => reference switch
    {
        { To: "Extensions" } => $"{reference}: nobody may know Extensions.",
        { From: "Extensions" } => null,
        { From: "Diagnostics" } => $"{reference}: Diagnostics knows nobody.",
        { To: "Storage", Type: not ("IJarvisDatabase" or "JarvisDatabaseException") } => $"{reference}: only Extensions names Storage; the door is IJarvisDatabase.",
        {
            From: "Plugins",
            Type: not ("IKillSwitch" or "KillSwitchState" or "KillSwitchScope" or "KillSwitchScopeKind" or "ITierCatalog"
                or "ICostReport" or "SpendQuery" or "SpendReport" or "SpendLine" or "SpendKey" or "SpendGrouping" or "SpendFilter"
                or "ProfitAndLossQuery" or "ProfitAndLossReport" or "ProfitAndLossLine" or "ProfitAndLossGrouping" or "CreditReading")
        } =>
            $"{reference}: plugins see IKillSwitch, ICostReport, ITierCatalog and what these return.",
        { From: "KillSwitch" or "Ledger", To: "ModelCalls", Type: not ("IModelCallFilter" or "ModelCallContext" or "ModelCallUsage" or "ModelCallError") } =>
            $"{reference}: it plugs into ModelCalls as a filter, by IModelCallFilter and what its context holds.",
        { From: "Storage", To: not ("KillSwitch" or "Ledger" or "Costs" or "Diagnostics") } => $"{reference}: Storage implements the stores of KillSwitch, Ledger and Costs.",
        { To: "Diagnostics" } or { IsContract: true } => null,
        _ => $"{reference}: an inside. Use a contract of the room, or list an exception with its reason in this test.",
    };

    private static bool IsExcepted(RoomReference reference) => Exceptions.Any(e => (e.From, e.To, e.Type) == (reference.From, reference.To, reference.Type));

    private static bool IsPlanted(RoomReference reference) => reference.File.Contains("/Planted", StringComparison.Ordinal);
}
