using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Jarvis.SemanticKernel.Ledger.Journal;

/// <summary>
/// A file of slots, written to without a system call where that is safe, and never synced: what the process wrote is there when the process is killed, and may be gone when
/// the power is. Its blocks are written once before use, so that a full disk is an exception of the constructor.
/// </summary>
internal sealed class IntentSegment : IDisposable
{
    public const int Slots = 64;

    // These write a changed block to another place, or over a network: for lack of room they would end a process that changes mapped memory (SIGBUS).
    private static readonly string[] UnsafeToMap = ["btrfs", "zfs", "bcachefs", "apfs", "nfs", "nfs4", "cifs", "smb", "smb2", "fuse", "fuseblk", "9p", "v9fs"];

    private readonly FileStream _file;
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeMemoryMappedViewHandle? _memory;

    public IntentSegment(JournalFolder folder)
    {
        _file = folder.Create(JournalFolder.Intents);
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, new byte[Slots * IntentFormat.SlotSize], 0);
            if (IsSafeToMap(folder.Path))
            {
                _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
                _view = _map.CreateViewAccessor();
                _memory = _view.SafeMemoryMappedViewHandle;
            }
        }
        catch (Exception e) when (JournalFolder.IsFailureOfDisk(e))
        {
            Dispose();
            throw new JournalUnavailableException(folder.Path, e);
        }
    }

    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        if (_memory is not null)
        {
            _memory.WriteSpan((ulong)at, bytes);
        }
        else
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, at);
        }
    }

    private static bool IsSafeToMap(string path)
    {
        try
        {
            return !UnsafeToMap.Contains(new DriveInfo(path).DriveFormat, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Removes the file: nothing in it is under way.</summary>
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
        try
        {
            File.Delete(_file.Name);
        }
        catch (IOException)
        {
            // Its folder is gone, or cannot be changed: what is left there holds no call.
        }

        _file.Dispose();
    }
}
