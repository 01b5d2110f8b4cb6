using System.Globalization;
using Jarvis.SemanticKernel;
using Spectre.Console;

namespace PlannerSample;

/// <summary>All that this program prints.</summary>
internal static class Screen
{
    private static readonly IAnsiConsole Out = Open();

    public static void Welcome(ITierCatalog tiers, Uri? simulator)
    {
        Out.Write(new Rule("[bold]Jarvis.SemanticKernel[/] planner").LeftJustified().RuleStyle("grey"));
        Out.WriteLine(simulator is not null
            ? $"No OPENROUTER_API_KEY: talking to the OpenRouter simulator of this repository at {simulator}. Free, scripted, offline."
            : "OPENROUTER_API_KEY is set: talking to real models. This costs money, with the default models usually 5 to 15 US cents.");
        Out.WriteLine($"Tiers: {string.Join(", ", tiers.Names.Select(tier => $"{tier} = {tiers.FindModel(tier)}"))}.");
    }

    public static void Step(string title)
    {
        Out.WriteLine();
        Out.Write(new Rule($"[bold]{title.EscapeMarkup()}[/]").LeftJustified().RuleStyle("grey"));
    }

    public static void Answer(string text) => Out.Write(new Padder(new Text(text), new Padding(2, 0, 0, 0)));

    public static void Compare(SpendReport split, SpendReport strong)
    {
        Step("What it cost");
        Table table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(Color.Grey), ShowFooters = true }
            .AddColumn("Tier", column => column.Footer("all"))
            .AddColumn("Calls, split", column => Number(column).Footer(Count(split.Total.Calls)))
            .AddColumn("USD, split", column => Number(column).Footer(Usd(split.Total.CostUsd)))
            .AddColumn("Calls, all strong", column => Number(column).Footer(Count(strong.Total.Calls)))
            .AddColumn("USD, all strong", column => Number(column).Footer(Usd(strong.Total.CostUsd)));
        foreach (string tier in (string[])[Tier.Strong, Tier.Mid, Tier.Cheap])
        {
            SpendLine? one = split.Lines.FirstOrDefault(line => line.Key.Tier == tier);
            SpendLine? other = strong.Lines.FirstOrDefault(line => line.Key.Tier == tier);
            table.AddRow(tier, Count(one?.Calls ?? 0), Usd(one?.CostUsd ?? 0m), Count(other?.Calls ?? 0), Usd(other?.CostUsd ?? 0m));
        }

        Out.Write(table);
        if (strong.Total.CostUsd > 0m)
        {
            Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Delegating to cheaper tiers took {split.Total.CostUsd / strong.Total.CostUsd:P0} of what all-strong took. Planning itself stays on strong."));
        }
    }

    public static bool Balance(decimal ledger, decimal? billed)
    {
        if (billed is not null)
        {
            Out.WriteLine($"ledger {Usd(ledger)} USD {(ledger == billed ? "=" : "≠")} upstream billed {Usd(billed.Value)} USD", Style.Parse(ledger == billed ? "bold green" : "bold red"));
        }

        return billed is null || ledger == billed;
    }

    public static void Fault(string message) => Out.WriteLine($"Failed: {message}", Style.Parse("bold red"));

    private static TableColumn Number(TableColumn column) => column.RightAligned().NoWrap();

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Usd(decimal usd) => usd.ToString("0.00000000##################", CultureInfo.InvariantCulture);

    private static IAnsiConsole Open()
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out int columns) && columns >= 40)
        {
            console.Profile.Width = columns;
        }

        return console;
    }
}
