using System.Globalization;
using Jarvis.SemanticKernel;
using Spectre.Console;

namespace QuickStart;

/// <summary>All that this program prints.</summary>
internal static class Screen
{
    private const int WidestText = 100;

    private static readonly IAnsiConsole Out = Open();
    private static int _steps;
    private static int _column;

    private static int TextWidth => Math.Min(Out.Profile.Width, WidestText) - 2;

    public static void Welcome(ITierCatalog tiers, Uri? simulator, string database)
    {
        Out.Write(new Rule("[bold]Jarvis.SemanticKernel[/] quick start").LeftJustified().RuleStyle("grey"));
        Line(simulator is not null
            ? $"No OPENROUTER_API_KEY: talking to the OpenRouter simulator of this repository at {simulator}. Free, scripted, offline."
            : "OPENROUTER_API_KEY is set: talking to real models. This costs money, with the default models usually 2 to 5 US cents.");
        Line($"Tiers: {string.Join(", ", tiers.Names.Select(tier => $"{tier} = {tiers.FindModel(tier)}"))}; default {tiers.DefaultTier}.");
        Line($"Kill switch and ledger: {Path.GetRelativePath(Environment.CurrentDirectory, database)}, a SQLite file of this sample alone.");
    }

    public static void Step(string title)
    {
        EndLine();
        Out.WriteLine();
        Out.Write(new Rule($"[bold]{++_steps}. {title.EscapeMarkup()}[/]").LeftJustified().RuleStyle("grey"));
    }

    public static void Answer(string label, string text) => Line(text, $"{label}: ", "bold");

    public static void Tool(string call, string result) => Line($"{call}: {result}", "tool  ", "blue");

    public static void Call(string tier, ModelCallUsage? usage, TimeSpan latency) => Line(
        string.Create(CultureInfo.InvariantCulture, $"{tier,-6} {usage?.PromptTokens,5} + {usage?.CompletionTokens,3} tokens {Usd(usage?.CostUsd),15} {latency.TotalMilliseconds,6:0} ms"),
        "call  ",
        "grey",
        "grey");

    public static void Note(string text) => Line(text, style: "grey");

    public static void Stopped(string message)
    {
        EndLine();
        Out.Write(new Panel(new Text(message)) { Header = new PanelHeader(" KillSwitchActiveException "), BorderStyle = new Style(Color.Red), Width = Math.Min(Out.Profile.Width, WidestText) });
    }

    public static void StoodStill(Count atStop, Count later) => Line(
        $"tools started {atStop.Tools}, then {later.Tools}; requests sent {atStop.Requests}, then {later.Requests}.",
        atStop == later ? "Stood still: " : "Did not stop: ",
        atStop == later ? "green" : "red");

    public static void Released(IReadOnlyList<KillSwitchAuditEntry> history)
    {
        foreach (KillSwitchAuditEntry entry in history.Reverse())
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss} UTC, {entry.Action} by {entry.TriggeredBy}: {entry.Reason}"), "audit ", "yellow");
        }
    }

    public static void Spend(SpendReport spend, ITierCatalog tiers)
    {
        Table table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(Color.Grey), ShowFooters = true }
            .AddColumn("Tier", column => column.Footer("all"))
            .AddColumn("Model")
            .AddColumn("Calls", column => Number(column).Footer(Count(spend.Total.Calls)))
            .AddColumn("Tokens", column => Number(column).Footer(Tokens(spend.Total)))
            .AddColumn("Exact USD", column => Number(column).Footer(Usd(spend.Total.CostUsd)[..^4]));
        foreach (SpendLine line in spend.Lines)
        {
            table.AddRow(
                new Text(line.Key.Tier ?? "none"),
                new Text(line.Key.Tier is { } tier ? tiers.FindModel(tier) ?? "" : ""),
                new Text(Count(line.Calls)),
                new Text(Tokens(line)),
                new Text(Usd(line.CostUsd)[..^4]));
        }

        Out.Write(table);
        if (spend.Total.FailedCalls > 0)
        {
            Line($"{spend.Total.FailedCalls} calls failed; the cost of {spend.Total.UnresolvedCalls} is not known yet and not in the sum.", style: "yellow");
        }
    }

    public static bool Balance(decimal ledger, decimal? billed)
    {
        if (billed is null)
        {
            Line($"ledger {Usd(ledger)}; OpenRouter shows what it billed at openrouter.ai/activity.");
            return true;
        }

        bool agrees = ledger == billed;
        Line($"ledger {Usd(ledger)} {(agrees ? "=" : "≠")} upstream billed {Usd(billed)}", style: agrees ? "bold green" : "bold red");
        return agrees;
    }

    public static void Fault(string message) => Line(message, "Failed: ", "bold red");

    public static string Usd(decimal? usd) => usd is { } known ? known.ToString("0.00000000##################", CultureInfo.InvariantCulture) + " USD" : "unknown";

    /// <summary>Prints a part of an answer as it arrives; breaks lines between parts.</summary>
    public static void Stream(string part)
    {
        if (_column > 0 && _column + part.Length > TextWidth)
        {
            EndLine();
            part = part.TrimStart();
        }

        string lead = _column == 0 && part.Length > 0 ? "  " : string.Empty;
        Out.Write(lead + part);
        _column += lead.Length + part.Length;
    }

    public static void EndLine()
    {
        if (_column > 0)
        {
            Out.WriteLine();
            _column = 0;
        }
    }

    /// <summary>Prints a label and a text, broken between words and indented.</summary>
    private static void Line(string text, string label = "", string style = "default", string textStyle = "default")
    {
        EndLine();
        (Style labelStyle, Style rest) = (Style.Parse(style), Style.Parse(label.Length == 0 ? style : textStyle));
        Out.Write("  " + label, labelStyle);
        int room = TextWidth - label.Length;
        string line = string.Empty;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                Out.WriteLine(line, rest);
                (line, room) = (string.Empty, TextWidth);
                Out.Write("  ");
            }

            line += line.Length == 0 ? word : " " + word;
        }

        Out.WriteLine(line, rest);
    }

    private static TableColumn Number(TableColumn column) => column.RightAligned().NoWrap();

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Tokens(SpendLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.PromptTokens} + {line.CompletionTokens}");

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
