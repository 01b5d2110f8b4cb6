namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Folders that only their owner may look into.</summary>
internal static class PrivateFolder
{
    /// <summary>Where this package keeps what belongs to the user and to no named place.</summary>
    public static string Default()
    {
        string folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0
            ? Path.Combine(folder, "jarvis")

            // A service account without a home, as in many containers.
            : Path.Combine(Path.GetTempPath(), $"jarvis-{Environment.UserName}");
    }

    /// <summary>Creates what is missing of the folder, readable by its owner only.</summary>
    public static void Create(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        // Level by level: .NET gives the mode to the last one only.
        if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) is { Length: > 0 } parent)
        {
            Create(parent);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
