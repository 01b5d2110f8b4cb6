using System.CommandLine;
using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>How many of the newest to show.</summary>
internal static class Limit
{
    private const int Most = 1000;

    public static Option<int> Create(string what)
    {
        Option<int> limit = new("--limit", "-n") { Description = $"How many {what}, 1 to {Most}.", HelpName = "N", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number is < 1 or > Most)
            {
                result.AddError($"--limit is {number}; 1 to {Most} are accepted.");
            }
        });
        return limit;
    }
}
