#pragma warning disable RS0030 // The one place of the one program that has a console.
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>All that this program prints. On a terminal with colours and broken between words; into a pipe or a file without either, one line for one thing.</summary>
internal sealed partial class Terminal
{
    private const int LabelWidth = 12;
    private const int NarrowestText = 20;
    private const int WidestHelp = 120;

    private readonly IAnsiConsole _console;
    private readonly TextWriter _writer;
    private readonly bool _isPiped;

    private Terminal(TextWriter writer, bool isPiped)
    {
        _writer = writer;
        _isPiped = isPiped;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isPiped ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPiped ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),

            // They turn colours on wherever a build server is recognised, pipes included.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        _console.Profile.Width = Columns;
    }

    /// <summary>Gets the width for text that is printed by others.</summary>
    public static int HelpWidth => Console.IsOutputRedirected ? WidestHelp : Math.Min(Columns, WidestHelp);

    // What a person set wins over what the terminal says; neither says anything useful of a pipe.
    private static int Columns =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out int columns) && columns > 0 ? columns
        : !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : 80;

    public static Terminal ForOutput() => new(Utf8(Console.OpenStandardOutput()), Console.IsOutputRedirected);

    public static Terminal ForErrors() => new(Utf8(Console.OpenStandardError()), Console.IsErrorRedirected);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A length of time in its largest unit, as people say it.</summary>
    public static string Age(TimeSpan length) => length switch
    {
        { TotalMinutes: < 1 } => $"{Math.Max(0, length.TotalSeconds):0} s",
        { TotalHours: < 1 } => $"{(int)length.TotalMinutes} min",
        { TotalDays: < 1 } => $"{(int)length.TotalHours} h {length.Minutes} min",
        _ => $"{(int)length.TotalDays} d {length.Hours} h",
    };

    public static void WriteDocument<T>(T document, JsonTypeInfo<T> type) => WriteRaw(JsonSerializer.Serialize(document, type) + "\n");

    public static TextReader Input() => new StreamReader(Console.OpenStandardInput());

    public static void WriteRaw(string text)
    {
        using StreamWriter output = Utf8(Console.OpenStandardOutput());
        output.Write(text);
    }

    public void Fact(string label, string text) => Entry(label, text, "default");

    /// <summary>A fact that somebody has to do something about.</summary>
    public void Alarm(string label, string text) => Entry(label, text, "bold red");

    public void State(string state, bool isActive, string meaning)
    {
        string colour = isActive ? "bold red" : "bold green";
        Entry("switch", meaning, "default", $"{state}: ", colour);
    }

    public void Finding(DatabaseFinding finding)
    {
        (string word, string colour) = finding.Outcome switch
        {
            DatabaseFindingOutcome.Ok => ("ok", "green"),
            DatabaseFindingOutcome.Notice => ("notice", "yellow"),
            _ => ("FAULT", "bold red"),
        };
        Entry(finding.Subject, finding.Detail, "default", $"{word,-8}", colour);
    }

    public void Text(string text) => Wrapped(0, text, "default");

    public void Fault(string message)
    {
        Put("error: ", "bold red");
        Wrapped("error: ".Length, message, "default");
    }

    /// <summary>Puts a text in the place of the line that was put there before; nothing into a pipe, or on a terminal that cannot take it back.</summary>
    public void Rewrite(string text)
    {
        if (!_isPiped && _console.Profile.Capabilities.Ansi)
        {
            string printable = Printable(text);
            _writer.Write($"\r{printable[..Math.Min(printable.Length, _console.Profile.Width - 1)]}\e[K");
        }
    }

    /// <summary>Prints rows under headings; into a pipe as columns with tabs between them.</summary>
    public void Table(string[] headings, IEnumerable<string[]> rows)
    {
        if (_isPiped)
        {
            foreach (string[] row in rows)
            {
                _writer.WriteLine(string.Join('\t', row.Select(Printable)));
            }

            return;
        }

        Table table = new() { Border = TableBorder.None };
        for (int column = 0; column < headings.Length; column++)
        {
            // The last ones share what is left.
            table.AddColumn(new TableColumn(new Text(headings[column], new Style(decoration: Decoration.Bold))) { NoWrap = column < headings.Length - 3, Padding = new Padding(0, 0, column < headings.Length - 1 ? 2 : 0, 0) });
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable(cell))));
        }

        _console.Write(table);
    }

    /// <summary>Prints a row without headings, as one of rows whose number nobody knows.</summary>
    public void Row(string[] cells) => _writer.WriteLine(string.Join(_isPiped ? "\t" : "  ", cells.Select(Printable)));

    private static StreamWriter Utf8(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };

    // Reasons and names were written by others, models among them: they must not move the cursor of whoever reads them.
    private static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        Rune.IsWhiteSpace(rune) ? " " : Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format ? "\uFFFD" : rune.ToString()));

    private void Entry(string label, string text, string textStyle, string mark = "", string markStyle = "default")
    {
        Put(label.PadRight(LabelWidth), "grey");
        Put(mark, markStyle);
        Wrapped(LabelWidth + mark.Length, text, textStyle);
    }

    /// <summary>Goes on in the column that is given and breaks between words, so that the next line begins there too.</summary>
    private void Wrapped(int column, string text, string style)
    {
        int room = Math.Max(NarrowestText, _console.Profile.Width - column);
        StringBuilder line = new();
        foreach (string word in Printable(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!_isPiped && line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                Flush();
                _writer.Write(new string(' ', column));
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Flush();

        void Flush()
        {
            Put(line.ToString(), style);
            _writer.WriteLine();
            line.Clear();
        }
    }

    private void Put(string text, string style)
    {
        // Spectre breaks what is longer than a line, in a pipe too.
        if (_isPiped || text.Length >= _console.Profile.Width)
        {
            _writer.Write(text);
        }
        else
        {
            _console.Write(text, Style.Parse(style));
        }
    }
}
