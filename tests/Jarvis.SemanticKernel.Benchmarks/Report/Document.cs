namespace Jarvis.SemanticKernel.Benchmarks.Report;

/// <summary>docs/benchmarks.md: the template, with what was measured in it.</summary>
internal static class Document
{
    private const string Template = "tests/Jarvis.SemanticKernel.Benchmarks/Report/benchmarks.template.md";
    private const string Result = "docs/benchmarks.md";

    public static async Task WriteAsync(IReadOnlyList<ISection> sections, int rounds)
    {
        string root = FindRoot();
        string text = (await File.ReadAllTextAsync(Path.Combine(root, Template)).ConfigureAwait(false)).Replace("{machine}", Machine.Describe(), StringComparison.Ordinal);
        foreach (ISection section in sections)
        {
            string place = $"{{{section.Name}}}";
            if (!text.Contains(place, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{Template} has no place for {place}.");
            }

            text = text.Replace(place, (await section.MeasureAsync(rounds).ConfigureAwait(false)).TrimEnd(), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(root, Result), text).ConfigureAwait(false);
        Console.WriteLine($"Wrote {Result}.");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Jarvis.SemanticKernel.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this from a build inside of the repository.");
    }
}
