using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Tables.Columns;

namespace Ctas.Tables.Snapshots;

/// <summary>Gives back what a <see cref="BlockWriter"/> wrote, as long as there is any. Single-threaded.</summary>
internal sealed class BlockReader(ReadOnlyMemory<byte> block) : ISegmentReader
{
    private ReadOnlyMemory<byte> _rest = block;

    /// <summary>True when everything has been read.</summary>
    public bool IsAtEnd => _rest.IsEmpty;

    /// <inheritdoc/>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <inheritdoc/>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        // Before anything of that size is allocated.
        long length = ReadInt64();
        if (length < 0 || length > _rest.Length / Unsafe.SizeOf<T>()) { throw TooShort(); }

        if (length == 0) { return []; }

        T[] values = GC.AllocateUninitializedArray<T>((int)length);
        Take((int)length * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) { throw TooShort(); }

        ReadOnlySpan<byte> taken = _rest.Span[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }

    private static InvalidDataException TooShort() => new("A block ends before its content.");
}
