using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Round amounts from zero to at least the most that is shown.</summary>
internal sealed record AmountAxis(IReadOnlyList<decimal> Ticks, int Places)
{
    private static readonly decimal[] Steps = [0.05m, 0.1m, 0.2m, 0.25m, 0.5m, 1m];

    public decimal Top => Ticks[^1];

    /// <summary>The axis up to the first multiple of a round step, with at most so many steps and at least two.</summary>
    public static AmountAxis Of(decimal most, int steps)
    {
        if (most <= 0)
        {
            return new AmountAxis([0], 0);
        }

        decimal power = 1;
        while (power < most)
        {
            power *= 10;
        }

        while (power / 10 >= most)
        {
            power /= 10;
        }

        decimal step = Steps.Select(part => part * power).First(size => size > 0 && decimal.Ceiling(most / size) <= steps);
        decimal[] ticks = [.. Enumerable.Range(0, (int)decimal.Ceiling(most / step) + 1).Select(tick => tick * step)];

        return new AmountAxis(ticks, PlacesOf(step));
    }

    public string Label(decimal tick) => tick.ToString($"#,0.{new string('0', Places)}", CultureInfo.InvariantCulture);

    // Cents as people write them, and more places where a step needs them.
    private static int PlacesOf(decimal step)
    {
        int places = 0;
        while (step != decimal.Truncate(step))
        {
            (step, places) = (step * 10, places + 1);
        }

        return places == 1 ? 2 : places;
    }
}
