using System.Runtime.InteropServices;

namespace Ctas.Tables.Snapshots;

/// <summary>The calls of a file system by which a snapshot becomes durable. Tests let them fail where they choose.</summary>
internal interface ISnapshotFiles
{
    /// <summary>Makes a file and holds it for this process alone.</summary>
    Stream Create(string path);

    /// <summary>Returns when what was written outlives a loss of power.</summary>
    void Flush(Stream file);

    /// <summary>Gives a closed file another name, replacing the file that has it; both or none is seen.</summary>
    void Rename(string path, string newPath);
}

/// <summary>The file system. Safe for concurrent use.</summary>
internal sealed partial class DiskFiles : ISnapshotFiles
{
    /// <inheritdoc/>
    public Stream Create(string path) =>
        new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);

    /// <inheritdoc/>
    public void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
        File.Move(path, newPath, overwrite: true);

        // The new name is an entry of the folder, which Unix keeps in memory until it is flushed itself.
        if (!OperatingSystem.IsWindows()) { FlushFolder(Path.GetDirectoryName(newPath)!); }
    }

    private static void FlushFolder(string path)
    {
        int folder = Open(path, 0);
        if (folder < 0) { throw new IOException($"Could not open folder \"{path}\" ({Marshal.GetLastPInvokeErrorMessage()})."); }

        try
        {
            const int notSupported = 22; // EINVAL: this file system flushes folders by itself.
            if (Flush(folder) != 0 && Marshal.GetLastPInvokeError() != notSupported)
            {
                throw new IOException($"Could not flush folder \"{path}\" ({Marshal.GetLastPInvokeErrorMessage()}).");
            }
        }
        finally { _ = Close(folder); }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
