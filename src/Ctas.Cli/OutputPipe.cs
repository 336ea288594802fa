namespace Ctas.Cli;

/// <summary>Standard output that is a pipe: notices that nobody reads it any more. Used by one writer at a time.</summary>
/// <remarks>
/// The console of the runtime takes every write to such a pipe for done, so that a command with <c>| head</c> behind it would
/// go on for ever. Here the first write that fails cancels it, and what is written after that goes nowhere.
/// </remarks>
internal sealed class OutputPipe(Stream pipe) : Stream
{
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Cancelled when the other end has been closed.</summary>
    public CancellationToken Closed => _closed.Token;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_closed.IsCancellationRequested) { return; }

        try { pipe.Write(buffer); }
        catch (IOException) { _closed.Cancel(); }
    }

    public override void Flush()
    {
        // The system has what was written.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
