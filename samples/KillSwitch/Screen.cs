using System.Globalization;
using Spectre.Console;

namespace KillSwitchSample;

/// <summary>All that this program prints.</summary>
internal static class Screen
{
    private const int WidestText = 100;
    private const string Bar = "  ┃ ";

    private static readonly Lock Gate = new();
    private static readonly IAnsiConsole Out = Open();
    private static int _column;

    private static int Width => Math.Min(Out.Profile.Width, WidestText);

    public static void Welcome(Uri simulator, bool isPlayed)
    {
        lock (Gate)
        {
            Out.Write(new Rule("[bold]Jarvis.SemanticKernel[/] kill switch").LeftJustified().RuleStyle("grey"));
            Wrap($"An agent that answers mails for ever, on the OpenRouter simulator of this repository at {simulator}. Free, scripted, offline.", "  ");
            Wrap(isPlayed ? "This program also plays the second terminal, in which somebody types:" : "Ctrl-C ends it. To stop it for real, type in a second terminal, in this folder:", "  ");
        }
    }

    public static void Commands(params string[] commands)
    {
        lock (Gate)
        {
            foreach (string command in commands)
            {
                Out.WriteLine("    " + command, new Style(Color.Yellow));
            }

            Out.WriteLine();
        }
    }

    /// <summary>Prints a piece of an answer as it arrives; breaks lines between pieces.</summary>
    public static void Stream(string piece)
    {
        lock (Gate)
        {
            if (_column > 0 && _column + piece.Length > Width)
            {
                Break();
            }

            piece = _column == 0 ? piece.TrimStart() : piece;
            string lead = _column == 0 && piece.Length > 0 ? "  " : string.Empty;
            Out.Write(lead + piece);
            _column += lead.Length + piece.Length;
        }
    }

    public static void Tool(string text) => Line(text, "  ", "blue");

    public static void Stopped(string message)
    {
        lock (Gate)
        {
            Break();
            Out.Write(new Panel(new Text(message)) { Header = new PanelHeader(" KillSwitchActiveException "), BorderStyle = new Style(Color.Red), Width = Width });
        }
    }

    public static void StayedStopped(int tries, int sentAtStop, int sentNow) => Line(
        string.Create(CultureInfo.InvariantCulture, $"It tried to go on {tries} times and was refused each time. Requests sent: {sentAtStop} at the stop, {sentNow} now."),
        "  ",
        sentAtStop == sentNow ? "green" : "red");

    public static void GoesOn(int refusals) => Line(string.Create(CultureInfo.InvariantCulture, $"Released after {refusals} refusals: the next run begins."), "  ", "green");

    public static void Typed(string command) => Line($"$ {command}", Bar, "yellow");

    public static void Printed(string output)
    {
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Line(line, Bar, "grey");
        }
    }

    public static void Fault(string message) => Line(message, "  Failed: ", "bold red");

    public static void EndLine()
    {
        lock (Gate)
        {
            Break();
        }
    }

    private static void Line(string text, string lead, string style)
    {
        lock (Gate)
        {
            Break();
            Wrap(text, lead, style);
        }
    }

    private static void Break()
    {
        if (_column > 0)
        {
            Out.WriteLine();
            _column = 0;
        }
    }

    /// <summary>Breaks between words, and keeps what stands in columns as it is.</summary>
    private static void Wrap(string text, string lead, string style = "default")
    {
        string line = string.Empty;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && lead.Length + line.Length + 1 + word.Length > Width)
            {
                Out.WriteLine(lead + line, Style.Parse(style));
                line = string.Empty;
            }

            line += line.Length == 0 ? word : " " + word;
        }

        Out.WriteLine(lead + line, Style.Parse(style));
    }

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
