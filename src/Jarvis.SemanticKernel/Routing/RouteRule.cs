using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>One rule that says by the name of a function which tier serves it.</summary>
[SuppressMessage("Design", "CA1036:Override methods on comparable types", Justification = "Compared by sorting alone.")]
internal sealed class RouteRule(string pattern, string tier) : IComparable<RouteRule>
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.*");

    // A name without a blank to fill in says most.
    private readonly int _beginning = pattern.IndexOf('*', StringComparison.Ordinal) is >= 0 and var at ? at : int.MaxValue;
    private readonly int _written = pattern.Count(c => c != '*');

    public string Tier { get; } = tier;

    /// <summary>Gets how records name it.</summary>
    public string Route { get; } = $"rule:{pattern}";

    private string Pattern { get; } = pattern;

    /// <summary>Says what is wrong with a pattern; null when nothing is.</summary>
    public static string? FindFault(string pattern) =>
        string.IsNullOrWhiteSpace(pattern) ? "is empty"
        : pattern.AsSpan().ContainsAnyExcept(Allowed) ? "holds a character that no function's name has"
        : pattern.Count(c => c == '.') > 1 ? "has more than one dot, as no function's name has"
        : pattern.Contains("**", StringComparison.Ordinal) ? "has two * in a row"
        : null;

    public bool Fits(string function) => FileSystemName.MatchesSimpleExpression(Pattern, function);

    /// <summary>The more telling rule is the smaller one: it has no <c>*</c>, else more before its first <c>*</c>, else more that is written out, else comes first in the alphabet.</summary>
    public int CompareTo(RouteRule? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int order = other._beginning.CompareTo(_beginning);
        order = order != 0 ? order : other._written.CompareTo(_written);
        return order != 0 ? order : StringComparer.OrdinalIgnoreCase.Compare(Pattern, other.Pattern);
    }
}
