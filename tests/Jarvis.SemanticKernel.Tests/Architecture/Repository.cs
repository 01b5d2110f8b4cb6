namespace Jarvis.SemanticKernel.Tests.Architecture;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    // What a build or a test run leaves behind, and what is no part of a checkout.
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The files under a folder, as paths with forward slashes from the root.</summary>
    public static IEnumerable<string> Files(string folder = "", string extension = "") =>
        from path in Walk(Path.Combine(Root, folder))
        where path.EndsWith(extension, StringComparison.Ordinal)
        select Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        // In a second work tree of one repository, .git is a file.
        foreach (string file in Directory.EnumerateFiles(folder).Where(file => !NotOurs.Contains(Path.GetFileName(file))))
        {
            yield return file;
        }

        foreach (string inner in Directory.EnumerateDirectories(folder).Where(inner => !NotOurs.Contains(Path.GetFileName(inner))).SelectMany(Walk))
        {
            yield return inner;
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Jarvis.SemanticKernel.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests read the repository: run them from a build inside of it.");
    }
}
