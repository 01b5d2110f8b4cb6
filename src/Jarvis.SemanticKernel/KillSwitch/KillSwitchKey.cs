using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>The keys of the switches in <c>agent_state</c>.</summary>
internal static class KillSwitchKey
{
    public const string Global = "kill_switch";
    public const string Prefix = "kill_switch:";

    // The column is varchar(256), and "kill_switch:agent:" is the longest beginning.
    private const int LongestName = 238;

    private static readonly (KillSwitchScopeKind Kind, string Word)[] Words =
        [(KillSwitchScopeKind.Tier, "tier:"), (KillSwitchScopeKind.Model, "model:"), (KillSwitchScopeKind.Agent, "agent:"), (KillSwitchScopeKind.Goal, "goal:")];

    public static string Of(KillSwitchScopeKind kind, string name) => string.Concat(Prefix, Words.Single(known => known.Kind == kind).Word, name);

    /// <summary>Whether the key is that of a switch, known or not. What else begins with the same letters belongs to others.</summary>
    public static bool IsOfASwitch(string key) => key == Global || key.StartsWith(Prefix, StringComparison.Ordinal);

    public static bool TrySplit(string key, out KillSwitchScopeKind kind, [NotNullWhen(true)] out string? name)
    {
        foreach ((KillSwitchScopeKind known, string word) in Words)
        {
            if (key.StartsWith(Prefix, StringComparison.Ordinal) && key.AsSpan(Prefix.Length).StartsWith(word, StringComparison.Ordinal))
            {
                (kind, name) = (known, key[(Prefix.Length + word.Length)..]);
                return true;
            }
        }

        (kind, name) = (default, null);
        return false;
    }

    /// <summary>Says what keeps a name out of a key; null when nothing does.</summary>
    public static string? FindFault(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return "The name of what to stop is empty.";
        }

        if (name.Length > LongestName)
        {
            return $"The name of what to stop has {name.Length} characters; at most {LongestName} are accepted.";
        }

        // Half a surrogate pair is enumerated as a replacement.
        return name.AsSpan().ContainsAnyInRange('\0', '\u001F') || name.Any(char.IsControl) ? "The name of what to stop contains a control character, which is not accepted."
            : name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) && !IsWellFormed(name) ? "The name of what to stop contains half of a surrogate pair, which cannot be stored."
            : null;
    }

    private static bool IsWellFormed(string name)
    {
        for (int at = 0; at < name.Length; at++)
        {
            if (char.IsSurrogate(name[at]) && !(char.IsHighSurrogate(name[at]) && at + 1 < name.Length && char.IsLowSurrogate(name[++at])))
            {
                return false;
            }
        }

        return true;
    }
}
