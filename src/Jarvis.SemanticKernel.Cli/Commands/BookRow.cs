using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>A row of a file: its values, and everything that is wrong with them.</summary>
internal sealed class BookRow
{
    private readonly int _line;
    private readonly string[] _header;
    private readonly string[] _cells;
    private readonly List<string> _faults;

    public BookRow(int line, string[] header, string[] cells, List<string> faults)
    {
        (_line, _header, _cells, _faults) = (line, header, cells, faults);
        if (cells.Length > header.Length)
        {
            faults.Add($"Line {line}: {cells.Length} values for {header.Length} columns.");
        }
    }

    public string? Text(string column) => Array.IndexOf(_header, column) is >= 0 and var at && at < _cells.Length && _cells[at].Length > 0 ? _cells[at] : null;

    public decimal Amount(string column) => Read(column, "an amount such as 29.90", text => TryAmount(text, out decimal amount) ? amount : (decimal?)null) ?? 1;

    public DateTimeOffset Time(string column) =>
        Read(column, "a date or a time, such as 2026-07-01 or 2026-07-01T09:30:00Z; without a zone it is UTC", text => TryTime(text, out DateTimeOffset time) ? time : (DateTimeOffset?)null) ?? default;

    public int? Number(string column) => Text(column) is null ? null
        : Read(column, "a number", text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : (int?)null);

    public T Choice<T>(string column, IReadOnlyList<(string Word, T Value)> choices)
        where T : struct => Read(column, string.Join(", ", choices.Select(known => known.Word)), text => Find(choices, text)) ?? choices[0].Value;

    public static T? Find<T>(IReadOnlyList<(string Word, T Value)> choices, string text)
        where T : struct => choices.Where(known => known.Word.Equals(text, StringComparison.OrdinalIgnoreCase)).Select(known => (T?)known.Value).FirstOrDefault();

    public static bool TryAmount(string text, out decimal amount) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out amount);

    public static bool TryTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private T? Read<T>(string column, string accepted, Func<string, T?> read)
        where T : struct
    {
        string? text = Text(column);
        T? value = text is null ? null : read(text);
        if (value is null)
        {
            _faults.Add($"Line {_line}: {column} is {(text is null ? "missing" : $"'{text}'")}. Accepted is {accepted}.");
        }

        return value;
    }
}
