using Ctas.Tables.Snapshots;

namespace Ctas.Tests.Tables.Snapshots;

/// <summary>A disk that is full from some byte on, or that loses a step.</summary>
internal sealed class FailingFiles : ISnapshotFiles
{
    private readonly DiskFiles _disk = new();

    /// <summary>Bytes that fit.</summary>
    public long Room { get; init; } = long.MaxValue;

    /// <summary>Happens when no more fits, before the write fails.</summary>
    public Action? WhenFull { get; init; }

    public bool FailsToFlush { get; init; }

    public bool FailsToRename { get; init; }

    public Stream Create(string path) => new FullDisk(_disk.Create(path), Room, WhenFull);

    public void Flush(Stream file)
    {
        if (FailsToFlush) { throw new IOException("No space left on device"); }

        _disk.Flush(((FullDisk)file).Inner);
    }

    public void Rename(string path, string newPath)
    {
        if (FailsToRename) { throw new IOException("Read-only file system"); }

        _disk.Rename(path, newPath);
    }

    private sealed class FullDisk(Stream inner, long room, Action? whenFull) : Stream
    {
        private long _room = room;

        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // What fits is written, as a disk does.
            inner.Write(buffer[..(int)Math.Min(buffer.Length, _room)]);
            _room -= buffer.Length;
            if (_room >= 0) { return; }

            inner.Flush();
            whenFull?.Invoke();
            throw new IOException("No space left on device");
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
