using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>What is left of the key's limit.</summary>
internal static class CreditsCommand
{
    public static Command Create(GlobalOptions options)
    {
        Command command = new("credits", "Ask OpenRouter what is left of the key's limit, record it, and compare what was spent with the ledger. Needs OPENROUTER_API_KEY, costs nothing.");
        command.SetAction(CommandRunner.For(options, (run, parsed, token) => RunAsync(run, token), readsModelSettings: true));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(run.Options.ApiKey))
        {
            throw new UsageException("OPENROUTER_API_KEY is not set: OpenRouter says what is left only to who has the key.");
        }

        CreditReading reading = await run.Credits.CheckAsync(cancellationToken);
        run.Print(
            new CreditsDocument(run.Database, reading.At, reading.LimitUsd, reading.RemainingUsd, reading.UsedUsd, reading.LedgerUsd, reading.First?.At, reading.DifferenceUsd),
            CliJson.Default.CreditsDocument,
            screen => Show(screen, reading));
        return ExitCode.Ok;
    }

    private static void Show(Terminal screen, CreditReading reading)
    {
        if (reading.RemainingUsd is { } left)
        {
            screen.Fact("left", reading.LimitUsd is { } limit ? $"{Money.Exact(left)} USD of {Money.Exact(limit)} USD" : $"{Money.Exact(left)} USD");
        }
        else
        {
            screen.Fact("left", "the key has no limit of its own; what the account has left is told to management keys only");
        }

        screen.Fact("spent", reading.UsedUsd is { } used ? $"{Money.Exact(used)} USD with this key, says OpenRouter" : "OpenRouter does not say");
        screen.Fact("ledger", $"{Money.Exact(reading.LedgerUsd)} USD, all calls with a known cost");
        screen.Fact("difference", reading.DifferenceUsd is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"{Money.Exact(difference)} USD since {Terminal.Time(reading.First!.At)}: {Meaning(difference)}")
            : "counts from now on: this is the first reading of the key");
    }

    private static string Meaning(decimal difference) => difference switch
    {
        0 => "the ledger has all of it",
        > 0 => "spent with the key and not in the ledger, such as by other programs or calls of unknown cost",
        _ => "in the ledger and not spent with this key, such as with another key, or not counted by OpenRouter yet",
    };
}
