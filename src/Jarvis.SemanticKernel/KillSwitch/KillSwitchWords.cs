namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>How people are told of a switch, and how they release it.</summary>
internal static class KillSwitchWords
{
    public static string Of(KillSwitchScope scope) => scope.Kind switch
    {
        KillSwitchScopeKind.Global => "The kill switch",
        KillSwitchScopeKind.Unknown => $"A kill switch that this version does not know, '{scope.Key}',",
        _ => $"The kill switch of {Named(scope)}",
    };

    public static string Covered(KillSwitchScope scope) => scope.IsOfAll ? "Nothing" : $"Nothing of {Named(scope)}";

    public static string Release(KillSwitchScope scope) => scope.Kind switch
    {
        KillSwitchScopeKind.Global => "an operator releases it: jarvis resume \"…\"",
        KillSwitchScopeKind.Unknown => "the program that activated it, or somebody with SQL, releases it",
        _ => $"an operator releases it: jarvis resume --{Word(scope)} {Quoted(scope.Name!)} \"…\"",
    };

    private static string Named(KillSwitchScope scope) => $"{Word(scope)} {scope.Name}";

    private static string Word(KillSwitchScope scope) => scope.Kind switch
    {
        KillSwitchScopeKind.Tier => "tier",
        KillSwitchScopeKind.Model => "model",
        KillSwitchScopeKind.Agent => "agent",
        _ => "goal",
    };

    // A name may come from anywhere, and the command is there to be pasted into a shell.
    private static string Quoted(string name) => name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '/' or ':')
        ? name : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
