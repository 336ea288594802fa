using System.Runtime.InteropServices;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Written columns in memory; only what was written can be read, in the same order and types.</summary>
internal sealed class SegmentBuffer : ISegmentWriter, ISegmentReader
{
    private readonly Queue<object> _written = new();

    public bool IsEmpty => _written.Count == 0;

    public void Write(long value) => _written.Enqueue(value);

    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged => _written.Enqueue((typeof(T), MemoryMarshal.AsBytes(values).ToArray()));

    public long ReadInt64() =>
        _written.TryDequeue(out object? next) && next is long value ? value : throw new InvalidDataException("No number.");

    public T[] ReadArray<T>()
        where T : unmanaged =>
        _written.TryDequeue(out object? next) && next is ValueTuple<Type, byte[]>(Type type, byte[] bytes) && type == typeof(T)
            ? MemoryMarshal.Cast<byte, T>(bytes).ToArray()
            : throw new InvalidDataException($"No {typeof(T).Name}s.");
}
