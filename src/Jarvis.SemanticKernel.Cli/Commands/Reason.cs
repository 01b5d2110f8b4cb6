using System.CommandLine;
using System.CommandLine.Parsing;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Why, and who: what the two commands that change the switch ask for.</summary>
internal static class Reason
{
    private const int Longest = 2000;
    private const int LongestName = 190;

    public static Argument<string[]> Create()
    {
        // In an emergency nobody should have to think of quotes.
        Argument<string[]> reason = new("reason") { Description = "Why. Everybody who is stopped reads it.", Arity = ArgumentArity.OneOrMore };
        reason.Validators.Add(result => Check(result, TextOf(result.Tokens), "The reason", Longest));
        return reason;
    }

    public static Option<string?> CreateBy()
    {
        Option<string?> by = new("--by") { Description = "Who: your name or that of a script. Default: the name of the operating system's user.", HelpName = "NAME" };
        by.Validators.Add(result => Check(result, TextOf(result.Tokens), "The name after --by", LongestName));
        return by;
    }

    public static string TextOf(ParseResult parsed, Argument<string[]> reason) => string.Join(' ', parsed.GetValue(reason)!);

    /// <summary>What the audit calls the operator: <c>cli</c>, with a name where one is known.</summary>
    public static string OperatorOf(ParseResult parsed, Option<string?> by) =>
        (parsed.GetValue(by) ?? Environment.UserName).Trim() is { Length: > 0 } name ? $"cli:{name}" : "cli";

    private static string TextOf(IReadOnlyList<Token> tokens) => string.Join(' ', tokens.Select(token => token.Value));

    private static void Check(SymbolResult result, string text, string what, int longest)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            result.AddError($"{what} is empty.");
        }
        else if (text.Length > longest)
        {
            result.AddError($"{what} has {text.Length} characters; at most {longest} are accepted.");
        }
    }
}
