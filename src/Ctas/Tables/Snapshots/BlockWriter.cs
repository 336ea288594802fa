using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Snapshots;

/// <summary>Appends what a sealed column writes to a block. Single-threaded.</summary>
internal sealed class BlockWriter(IBufferWriter<byte> block) : ISegmentWriter
{
    /// <inheritdoc/>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(block.GetSpan(sizeof(long)), value);
        block.Advance(sizeof(long));
    }

    /// <inheritdoc/>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Write(values.Length);
        block.Write(MemoryMarshal.AsBytes(values));
    }
}
