namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A folder of one test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-test-");

    public string Path => _folder.FullName;

    public string[] Files(string pattern = "*") => Directory.GetFiles(Path, pattern, SearchOption.AllDirectories);

    public void Dispose() => _folder.Delete(recursive: true);
}
