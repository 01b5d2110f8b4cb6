using Jarvis.SemanticKernel.Diagnostics;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// The files of one database's journal, of any number of processes. Whoever writes a file holds a lock on it, which ends with the process however that ends: a file that
/// can be locked alone belongs to nobody any more, and to whoever locks it. Process ids play no part, as they are given out again.
/// </summary>
internal sealed class JournalFolder(string path)
{
    /// <summary>Records that wait for the database.</summary>
    public const string Records = ".journal";

    /// <summary>Records that the database refuses.</summary>
    public const string Refused = ".refused";

    /// <summary>Calls under way.</summary>
    public const string Intents = ".intents";

    /// <summary>Follows the name of a file that was damaged, and is kept for people.</summary>
    public const string Damaged = ".damaged";

    // An attempt takes microseconds, and only whoever looks at the folder within them can spoil it: a record must not be lost to several who look all the time.
    private const int Attempts = 100;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Sorts by age. A container has files of its own: several in one process must not share what only one of them may write.
    private readonly string _owner = TimeOrderedId.New().ToString("N");
    private int _created;

    public string Path => path;

    /// <summary>Creates a file that nobody else takes while it is open.</summary>
    /// <exception cref="JournalUnavailableException">The folder cannot be written, or its files cannot be locked.</exception>
    public FileStream Create(string kind)
    {
        try
        {
            PrivateFolder.Create(path);
            for (int attempt = 1; true; attempt++)
            {
                try
                {
                    return CreateLocked(System.IO.Path.Combine(path, $"{_owner}-{Interlocked.Increment(ref _created):d6}{kind}"));
                }
                catch (IOException) when (attempt < Attempts)
                {
                    // Whoever looks for files to adopt may have come between the creation and the lock.
                }
            }
        }
        catch (Exception e) when (IsFailureOfDisk(e))
        {
            throw new JournalUnavailableException(path, e);
        }
    }

    /// <summary>Whether the disk is what failed: full, read-only, not there, not ours, broken.</summary>
    public static bool IsFailureOfDisk(Exception exception) =>
        exception is IOException or UnauthorizedAccessException

            // What .NET makes of the limit that a user or a process has for the size of files.
            or ArgumentOutOfRangeException;

    /// <summary>The files of a kind, oldest owner first.</summary>
    public IReadOnlyList<string> Find(string kind) =>
        Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*" + kind).Order(StringComparer.Ordinal)] : [];

    /// <summary>Whether records wait that the owner of <paramref name="file"/> wrote.</summary>
    public bool HasRecordsOfOwner(string file)
    {
        string name = System.IO.Path.GetFileName(file);
        return name.IndexOf('-', StringComparison.Ordinal) is > 0 and var length && Directory.EnumerateFiles(path, $"{name[..length]}-*{Records}").Any();
    }

    /// <summary>Takes a file that nobody holds; null when somebody does, or when it is gone.</summary>
    public static FileStream? TryAdopt(string file)
    {
        try
        {
            FileStream adopted = new(file, Alone());
            if (File.Exists(file))
            {
                return adopted;
            }

            // Opening and locking are two steps: whoever held it finished with it, and deleted it, between them.
            adopted.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file to look at, whoever writes it; null when somebody adopts it, or when it is gone.</summary>
    public static FileStream? TryRead(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStream CreateLocked(string file)
    {
        FileStream? created = new(file, Shared());
        try
        {
            if (IsLocked(file))
            {
                FileStream locked = created;
                created = null;
                return locked;
            }

            // Either it can be locked a second time, or it was adopted before it was locked at all.
            File.Delete(file);
            throw new IOException("Its file system does not lock files, as those of networks often do not.");
        }
        finally
        {
            created?.Dispose();
        }
    }

    private static bool IsLocked(string file)
    {
        try
        {
            using FileStream second = new(file, Alone());
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static FileStreamOptions Shared()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    // On Unix only FileShare.None locks exclusively; on Windows it would keep the file from being deleted, and the kind of access alone excludes a second one.
    private static FileStreamOptions Alone() =>
        new() { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None };
}
