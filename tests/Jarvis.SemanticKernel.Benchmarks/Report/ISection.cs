namespace Jarvis.SemanticKernel.Benchmarks.Report;

/// <summary>A section of docs/benchmarks.md: measured when asked, and put where the template names it.</summary>
internal interface ISection
{
    /// <summary>Gets the word for it on the command line and in the template.</summary>
    string Name { get; }

    /// <summary>Measures, and returns Markdown.</summary>
    /// <param name="rounds">How many slices of each contender count.</param>
    Task<string> MeasureAsync(int rounds);
}
