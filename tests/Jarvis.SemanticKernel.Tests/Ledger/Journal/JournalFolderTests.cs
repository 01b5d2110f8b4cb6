using System.Runtime.Versioning;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.Ledger.Journal;

public sealed class JournalFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FileThatIsOpen_IsAdoptedByNobodyAndReadByAnybody()
    {
        JournalFolder folder = new(_folder.Path);
        using FileStream file = folder.Create(JournalFolder.Records);

        Assert.Null(JournalFolder.TryAdopt(file.Name));
        using FileStream? read = JournalFolder.TryRead(file.Name);
        Assert.NotNull(read);
    }

    [Fact]
    public void FileThatIsClosed_IsAdoptedByOneOnly()
    {
        JournalFolder folder = new(_folder.Path);
        string name;
        using (FileStream file = folder.Create(JournalFolder.Records))
        {
            name = file.Name;
        }

        using FileStream? first = JournalFolder.TryAdopt(name);
        Assert.NotNull(first);
        Assert.Null(JournalFolder.TryAdopt(name));
        Assert.Null(JournalFolder.TryRead(name));
    }

    [Fact]
    public void ManyFoldersAtOnce_HaveDifferentFiles()
    {
        JournalFolder[] folders = [.. Enumerable.Range(0, 4).Select(_ => new JournalFolder(_folder.Path))];
        FileStream[] files = [.. folders.AsParallel().SelectMany(folder => Enumerable.Range(0, 50).Select(_ => folder.Create(JournalFolder.Records)))];

        Assert.Equal(200, files.Select(file => file.Name).Distinct().Count());
        Array.ForEach(files, file => file.Dispose());
    }

    // An adopter that looks between the creation of a file and its lock must neither get it nor take its name away.
    [Fact]
    public async Task AdoptersThatLookAllTheTime_NeverGetAFileThatIsOpen()
    {
        JournalFolder folder = new(_folder.Path);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task[] adopters = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => AdoptAll(folder, ending.Token), TestContext.Current.CancellationToken))];
        for (int i = 0; i < 500; i++)
        {
            using FileStream file = folder.Create(JournalFolder.Records);
            file.WriteByte(1);
            Assert.True(File.Exists(file.Name));
            Assert.Null(JournalFolder.TryAdopt(file.Name));
        }

        await ending.CancelAsync();
        await Task.WhenAll(adopters);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Files_AreTheirOwnersBusiness()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other permissions.");
        string path = Path.Combine(_folder.Path, "new", "folder");
        using FileStream file = new JournalFolder(path).Create(JournalFolder.Records);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Name));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void FolderThatCannotBe_IsNamedWithItsSetting()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");

        JournalUnavailableException unavailable = Assert.Throws<JournalUnavailableException>(() => new JournalFolder(Path.Combine(file, "folder")).Create(JournalFolder.Records));

        Assert.Contains(file, unavailable.Message, StringComparison.Ordinal);
        Assert.Contains("Ledger.JournalFolder", unavailable.Message, StringComparison.Ordinal);
        Assert.Contains("Ledger.UseJournal", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatIsNotThere_HoldsNothing() => Assert.Empty(new JournalFolder(Path.Combine(_folder.Path, "missing")).Find(JournalFolder.Records));

    private static void AdoptAll(JournalFolder folder, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            foreach (string name in folder.Find(JournalFolder.Records))
            {
                using FileStream? adopted = JournalFolder.TryAdopt(name);
                if (adopted is not null)
                {
                    File.Delete(name);
                }
            }
        }
    }
}
