using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>A period, as its ends or as a month of UTC.</summary>
internal sealed class PeriodOptions(string unlessSaid, Func<DateTimeOffset, DateTimeOffset> defaultStart)
{
    private readonly Option<DateTimeOffset?> _since = Create("--since", $"Where the period begins: 30m, 12h, 7d, a date or a time. Default: {unlessSaid}.");
    private readonly Option<DateTimeOffset?> _until = Create("--until", "Where it ends, itself left out. Default: now.");
    private readonly Option<DateTimeOffset?> _month = new("--month") { Description = "A month of UTC instead, such as 2026-07.", HelpName = "MONTH", CustomParser = ParseMonth };

    public void AddTo(Command command)
    {
        command.Add(_since);
        command.Add(_until);
        command.Add(_month);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_month) is not null && (result.GetResult(_since) is not null || result.GetResult(_until) is not null))
            {
                result.AddError("--month is a whole period: leave out --since and --until.");
            }
        });
    }

    public (DateTimeOffset From, DateTimeOffset To) Of(ParseResult parsed)
    {
        if (parsed.GetValue(_month) is { } month)
        {
            return (month, month.AddMonths(1));
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        DateTimeOffset to = parsed.GetValue(_until) ?? now;
        DateTimeOffset from = parsed.GetValue(_since) ?? defaultStart(to);
        return from < to ? (from, to) : throw new UsageException($"The period ends at {Output.Terminal.Time(to)}, and does not begin before that: it begins at {Output.Terminal.Time(from)}.");
    }

    public static DateTimeOffset? ParseMonth(ArgumentResult argument)
    {
        string text = argument.Tokens is [var token] ? token.Value : "";
        if (DateTime.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime month) && month.Year is > 1 and < 9999)
        {
            return new DateTimeOffset(month, TimeSpan.Zero);
        }

        argument.AddError($"--month is '{text}'. Accepted is a year and a month, such as 2026-07.");
        return null;
    }

    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = argument =>
        {
            string text = argument.Tokens is [var token] ? token.Value : "";
            if (Since.TryRead(text, TimeProvider.System.GetUtcNow()) is { } time)
            {
                return time;
            }

            argument.AddError($"{name} is '{text}'. {Since.Accepted}");
            return null;
        },
    };
}
