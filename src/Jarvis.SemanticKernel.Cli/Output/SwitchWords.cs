namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>What people are told of a switch.</summary>
internal static class SwitchWords
{
    /// <summary>What an active switch stops.</summary>
    public static string Stopped(KillSwitchScope scope) => scope.Kind switch
    {
        KillSwitchScopeKind.Global => "nothing starts",
        KillSwitchScopeKind.Unknown => "nothing starts, since this version does not know what the switch stops",
        _ => $"nothing of {Name(scope)} starts",
    };

    /// <summary>What is stopped by whoever activates it: what is under way is another matter.</summary>
    public static string StoppedFromNowOn(KillSwitchScope scope) => scope.Kind == KillSwitchScopeKind.Global ? "nothing new starts" : $"nothing new of {Name(scope)} starts";

    public static string Open(KillSwitchScope scope) => scope.Kind == KillSwitchScopeKind.Global ? "calls may start" : $"{Name(scope)} may work, unless another switch stops it";

    public static string Resume(KillSwitchScope scope) => scope.Kind == KillSwitchScopeKind.Global ? "jarvis resume" : $"jarvis resume --{Word(scope)} {Quoted(scope.Name!)}";

    /// <summary>Shows which switch it is. Nothing for the global one: it is what people mean when they say no more.</summary>
    public static void Show(Terminal screen, KillSwitchScope scope)
    {
        if (scope.Kind != KillSwitchScopeKind.Global)
        {
            screen.Fact("scope", scope.ToString());
        }
    }

    /// <summary>Shows what becomes of calls under way. Nothing where each process decides: that is not known here.</summary>
    public static void Show(Terminal screen, KillSwitchInFlight? inFlight)
    {
        if (inFlight is { } said)
        {
            screen.Fact("in flight", said == KillSwitchInFlight.Cancel ? "cut: calls and streams under way end at once" : "calls and streams under way finish");
        }
    }

    /// <summary>The word that stands in the state; null where it says nothing.</summary>
    public static string? InFlight(KillSwitchInFlight? inFlight) => inFlight switch
    {
        KillSwitchInFlight.Cancel => "cancel",
        KillSwitchInFlight.Finish => "finish",
        _ => null,
    };

    private static string Name(KillSwitchScope scope) => scope.Kind == KillSwitchScopeKind.Unknown ? scope.ToString() : $"{Word(scope)} {scope.Name}";

    private static string Word(KillSwitchScope scope) => scope.ToString().Split(':')[0];

    // People paste it into a shell.
    private static string Quoted(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/' or ':')
        ? name : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
