namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>A line through amounts, in braille characters: two dots by four in each.</summary>
internal static class LineChart
{
    private const int Across = 2;
    private const int Down = 4;
    private const char NoDots = '\u2800';

    // The bits of a braille character, from its lowest dots up.
    private static readonly int[][] Dots = [[0x40, 0x80], [0x04, 0x20], [0x02, 0x10], [0x01, 0x08]];

    /// <summary>Draws from zero at the bottom to <paramref name="top"/>. Amounts for which there is no dot of their own share one column, from the lowest to the highest of them.</summary>
    public static string[] Draw(IReadOnlyList<decimal> amounts, decimal top, int columns, int rows)
    {
        char[][] cells = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Repeat(NoDots, columns).ToArray())];
        (int X, int Y) last = default;
        for (int i = 0; i < amounts.Count; i++)
        {
            (int X, int Y) point = (X(i, amounts.Count, columns), DotOf(amounts[i], top, rows));
            Connect(cells, i == 0 ? point : last, point);
            last = point;
        }

        // Fonts without braille have blanks.
        return [.. cells.Select(row => new string(row).Replace(NoDots, ' '))];
    }

    /// <summary>The column of one amount of so many.</summary>
    public static int ColumnOf(int index, int count, int columns) => X(index, count, columns) / Across;

    /// <summary>The row of an amount, counted from the top.</summary>
    public static int RowOf(decimal amount, decimal top, int rows) => rows - 1 - (DotOf(amount, top, rows) / Down);

    private static int X(int index, int count, int columns) => count < 2 ? 0 : (int)((long)index * ((Across * columns) - 1) / (count - 1));

    // Never on the ground where there is something.
    private static int DotOf(decimal amount, decimal top, int rows) =>
        amount <= 0 ? 0 : Math.Max(1, (int)decimal.Round(amount / top * ((Down * rows) - 1), MidpointRounding.AwayFromZero));

    private static void Connect(char[][] cells, (int X, int Y) from, (int X, int Y) to)
    {
        int steps = Math.Max(1, Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)));
        for (int step = 0; step <= steps; step++)
        {
            int x = from.X + Share(to.X - from.X);
            int y = from.Y + Share(to.Y - from.Y);
            cells[^(1 + (y / Down))][x / Across] |= (char)Dots[y % Down][x % Across];

            int Share(int distance) => (int)Math.Round((double)distance * step / steps, MidpointRounding.AwayFromZero);
        }
    }
}
