using System.Text;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Comma-separated values as RFC 4180 says, with line feeds.</summary>
internal static class Csv
{
    public static string Write(IEnumerable<IEnumerable<string?>> rows) => string.Concat(rows.Select(row => string.Join(',', row.Select(Cell)) + "\n"));

    /// <summary>Reads rows with the number of the line each begins in. Empty lines are left out.</summary>
    /// <exception cref="UsageException">A quote is not closed, or stands where none can.</exception>
    public static IEnumerable<(int Line, string[] Cells)> Read(TextReader text)
    {
        int line = 1;
        int start = 1;
        List<string> cells = [];
        StringBuilder cell = new();
        bool wasQuoted = false;
        while (text.Read() is >= 0 and var read)
        {
            char c = (char)read;
            switch (c)
            {
                case '"' when cell.Length == 0 && !wasQuoted:
                    line += ReadQuoted(text, cell, start);
                    wasQuoted = true;
                    break;
                case '"':
                    throw new UsageException($"Line {line}: a quote inside a value. A value with quotes is written \"in \"\"quotes\"\" like this\".");
                case ',':
                    End();
                    break;
                case '\n':
                    if (cells.Count > 0 || cell.Length > 0 || wasQuoted)
                    {
                        End();
                        yield return (start, [.. cells]);
                    }

                    cells.Clear();
                    start = ++line;
                    break;
                case '\r' when text.Peek() is '\n' or -1:
                    break;
                default:
                    cell.Append(c);
                    break;
            }
        }

        if (cells.Count > 0 || cell.Length > 0 || wasQuoted)
        {
            End();
            yield return (start, [.. cells]);
        }

        void End()
        {
            cells.Add(cell.ToString());
            cell.Clear();
            wasQuoted = false;
        }
    }

    // Returns how many lines end inside.
    private static int ReadQuoted(TextReader text, StringBuilder cell, int start)
    {
        int lines = 0;
        while (text.Read() is >= 0 and var read)
        {
            if (read == '"' && text.Peek() != '"')
            {
                return lines;
            }

            if (read == '"')
            {
                text.Read();
            }

            lines += read == '\n' ? 1 : 0;
            cell.Append((char)read);
        }

        throw new UsageException($"The row that begins in line {start} has a quote that is not closed.");
    }

    private static string Cell(string? text) =>
        text is null ? "" : text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
