namespace Ctas.Sources.Files;

/// <summary>Cuts the bytes of one file into records. Single-threaded.</summary>
internal abstract class FileRecordReader(FileBuffer buffer) : IDisposable
{
    /// <summary>The current record; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Record => Buffer.Unread.Slice(RecordStart, RecordLength);

    /// <summary>Offset of the current record in the (unpacked) file.</summary>
    public long RecordOffset => Buffer.Offset + RecordStart;

    /// <summary>The line on which the current record starts, 1-based.</summary>
    public long LineNumber { get; protected set; }

    /// <summary>Offset behind the current record.</summary>
    public long NextOffset => Buffer.Offset + ConsumedLength;

    /// <summary>The bytes of the file.</summary>
    protected FileBuffer Buffer { get; } = buffer;

    /// <summary>Where the record starts in the unread bytes.</summary>
    protected int RecordStart { get; set; }

    /// <summary>Bytes of the record.</summary>
    protected int RecordLength { get; set; }

    /// <summary>Unread bytes that belong to the record and to what parts it from the next one.</summary>
    protected int ConsumedLength { get; set; }

    /// <summary>Moves to the next record; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be cut into records from here on.</exception>
    public abstract bool Read();

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    /// <summary>Leaves the current record behind.</summary>
    protected void ConsumeRecord()
    {
        Buffer.Consume(ConsumedLength);
        (RecordStart, RecordLength, ConsumedLength) = (0, 0, 0);
    }
}
