namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>The least, the median and the most of some figures.</summary>
internal readonly record struct Spread(double Min, double Median, double Max)
{
    public static Spread Of(IEnumerable<double> figures)
    {
        double[] ordered = [.. figures.Order()];
        return new Spread(ordered[0], ordered[ordered.Length / 2], ordered[^1]);
    }
}
