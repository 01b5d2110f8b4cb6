using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>A point in time, given as one or as how long ago it was.</summary>
internal static class Since
{
    public const string Accepted = "Accepted are 30m, 12h, 7d, a date such as 2026-08-16, or a time such as 2026-08-16T09:30:00Z; without a zone it is UTC.";

    public static Option<DateTimeOffset?> Create(string description) => new("--since")
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = Parse,
    };

    private static DateTimeOffset? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens is [var token] ? token.Value : "";
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (TryRead(text, now) is { } since && since <= now)
        {
            return since;
        }

        argument.AddError($"--since is '{text}'. {Accepted}");
        return null;
    }

    public static DateTimeOffset? TryRead(string text, DateTimeOffset now)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 100_000)
        {
            TimeSpan? ago = text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => null,
            };
            if (ago is not null)
            {
                return now - ago;
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset since) ? since : null;
    }
}
