using System.Buffers;
using System.Buffers.Binary;
using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>Collects the strings that a stored column uses, numbers them densely and makes blocks of them.</summary>
/// <remarks>
/// Pools may hold far more than a table does, so only what is used is stored. Layout of a block: count (4) · lengths,
/// as integers · bytes. Single-threaded.
/// </remarks>
internal sealed class StringBlocks
{
    /// <summary>Bytes of the number of strings, which a block begins with.</summary>
    public const int CountBytes = sizeof(int);

    private const int BlockBytes = 1 << 20;
    private const int BlockStrings = 1 << 16;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<int> _lengths = [];
    private StringPool? _pool;
    private int[] _codeOf = [];
    private int[] _codes = [];
    private int _count;

    /// <summary>False when equal strings may have different codes.</summary>
    public bool IsInterned { get; private set; } = true;

    /// <summary>True when the strings that wait fill a block.</summary>
    public bool IsFull => _lengths.Count >= BlockStrings || _bytes.WrittenCount >= BlockBytes;

    /// <summary>The stored codes of a column, valid until the next call; its new strings wait to be written.</summary>
    /// <param name="column">The next rows.</param>
    /// <param name="full">Called whenever a block is full.</param>
    public ReadOnlySpan<int> Number(StringColumn column, Action full)
    {
        TakePool(column.Pool);
        if (_codes.Length < column.Length) { _codes = new int[column.Length]; }

        ReadOnlySpan<int> given = column.Codes;
        for (int row = 0; row < given.Length; row++)
        {
            int code = given[row];
            if (code < 0)
            {
                _codes[row] = -1;
                continue;
            }

            if (_codeOf[code] == 0)
            {
                Append(column.Pool.GetBytes(code));
                _codeOf[code] = ++_count;
                if (IsFull) { full(); }
            }

            _codes[row] = _codeOf[code] - 1;
        }

        return _codes.AsSpan(0, given.Length);
    }

    /// <summary>Lets all strings of a pool wait to be written, in the order of their codes.</summary>
    /// <param name="pool">The strings.</param>
    /// <param name="full">Called whenever a block is full.</param>
    public void AddAll(StringPool pool, Action full)
    {
        for (int code = 0; code < pool.Count; code++)
        {
            Append(pool.GetBytes(code));
            if (IsFull) { full(); }
        }
    }

    /// <summary>Moves the strings that wait into a block.</summary>
    public void Write(ArrayBufferWriter<byte> block)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block.GetSpan(CountBytes), _lengths.Count);
        block.Advance(CountBytes);
        IntegerBlocks.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lengths), block);
        block.Write(_bytes.WrittenSpan);
        _lengths.Clear();
        _bytes.ResetWrittenCount();
    }

    /// <summary>Adds the strings of a block to a pool.</summary>
    /// <param name="block">What <see cref="Write"/> made.</param>
    /// <param name="pool">Where they go.</param>
    /// <param name="areDistinct">True when they are known to be different, so that none is looked for.</param>
    /// <returns>Their number.</returns>
    /// <exception cref="SnapshotFormatException">It is no such block.</exception>
    public static int Read(ReadOnlySpan<byte> block, StringPool pool, bool areDistinct = false)
    {
        int[] lengths = ReadLengths(block, out int count, out ReadOnlySpan<byte> bytes);
        foreach (int length in lengths.AsSpan(0, count))
        {
            if ((uint)length > (uint)bytes.Length) { throw new SnapshotFormatException("a block of strings is too short"); }

            if (areDistinct) { pool.AddDistinct(bytes[..length]); }
            else { pool.Add(bytes[..length]); }

            bytes = bytes[length..];
        }

        ArrayPool<int>.Shared.Return(lengths);
        return bytes.IsEmpty ? count : throw new SnapshotFormatException("a block of strings is too long");
    }

    /// <summary>Makes a block one of the chunks of a pool.</summary>
    /// <param name="block">What <see cref="Write"/> made.</param>
    /// <param name="pool">A pool of chunks.</param>
    /// <param name="chunk">Number of the chunk.</param>
    /// <param name="codes">The codes of its strings.</param>
    /// <returns>Their number.</returns>
    /// <exception cref="SnapshotFormatException">It is no such block, or of another number of strings.</exception>
    public static int ReadChunk(ReadOnlySpan<byte> block, StringPool pool, int chunk, Range codes)
    {
        int[] lengths = ReadLengths(block, out int count, out ReadOnlySpan<byte> strings);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(strings.Length);
        strings.CopyTo(bytes);
        bool isRight = count == codes.End.Value - codes.Start.Value
            && pool.TryFillChunk(chunk, bytes, codes.Start.Value, lengths.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(lengths);
        return isRight ? count : throw new SnapshotFormatException("a block of strings does not hold its strings");
    }

    /// <summary>The number of strings in a block.</summary>
    /// <param name="start">At least its first bytes.</param>
    /// <exception cref="SnapshotFormatException">It is no such block.</exception>
    public static int CountOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < CountBytes) { throw new SnapshotFormatException("a block of strings is too short"); }

        int count = BinaryPrimitives.ReadInt32LittleEndian(start);
        return count is >= 0 and <= BlockStrings ? count : throw new SnapshotFormatException($"a block of {count} strings");
    }

    /// <summary>The lengths of the strings of a block, in a rented array, and the bytes of them all.</summary>
    private static int[] ReadLengths(ReadOnlySpan<byte> block, out int count, out ReadOnlySpan<byte> bytes)
    {
        count = CountOf(block);
        int[] lengths = ArrayPool<int>.Shared.Rent(count);
        bytes = block[CountBytes..];
        bytes = bytes[IntegerBlocks.Read(bytes, lengths.AsSpan(0, count))..];
        return lengths;
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        _lengths.Add(value.Length);
        _bytes.Write(value);
    }

    private void TakePool(StringPool pool)
    {
        if (!ReferenceEquals(pool, _pool))
        {
            // Strings of two pools are not compared.
            IsInterned = _pool is null && pool.IsInterned;
            _pool = pool;
            _codeOf = new int[pool.Count];
        }
        else if (_codeOf.Length < pool.Count) { Array.Resize(ref _codeOf, pool.Count); }
    }
}
