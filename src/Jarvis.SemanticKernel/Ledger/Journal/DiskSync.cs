using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>Makes a new file's name as durable as its content: .NET opens no folders.</summary>
internal static class DiskSync
{
    private const int ReadOnly = 0;

    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // NTFS logs names itself.
            return;
        }

        int folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw new IOException($"The folder {path} cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");
        }

        // Some file systems refuse to sync a folder; those keep names with the content.
        _ = Sync(folder);
        _ = Close(folder);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
