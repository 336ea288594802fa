using System.Buffers;

namespace Ctas.Data;

/// <summary>Byte strings by code that are made when somebody first reads them. Safe for many readers.</summary>
/// <remarks>
/// What moves codes only, as most operators do, never makes the text. Strings are made in blocks of neighbouring codes,
/// which stay, so spans of them stay valid.
/// </remarks>
internal abstract class DeferredStrings
{
    /// <summary>Bits of a code that count strings inside a block.</summary>
    protected const int BlockBits = 9;

    private readonly TextBlock?[] _blocks;
    private long _blockBytes;

    private protected DeferredStrings(int count)
    {
        Count = count;
        _blocks = new TextBlock?[(count + BlockLength - 1) >> BlockBits];
    }

    /// <summary>Codes are less than this.</summary>
    public int Count { get; }

    /// <summary>True when different codes are different strings.</summary>
    public abstract bool AreDistinct { get; }

    /// <summary>True when rows that hold equal strings share a code as a rule, so that a result for each code pays.</summary>
    public abstract bool AreShared { get; }

    /// <summary>Bytes kept alive by what was read so far.</summary>
    public long SizeInBytes => (_blocks.Length * 8L) + Volatile.Read(ref _blockBytes);

    private protected static int BlockLength => 1 << BlockBits;

    /// <summary>The bytes behind a code.</summary>
    public virtual ReadOnlySpan<byte> GetBytes(int code)
    {
        TextBlock block = Volatile.Read(ref _blocks[code >> BlockBits]) ?? Make(code >> BlockBits);
        return block[code & (BlockLength - 1)];
    }

    /// <summary>The code of a string, −1 when it has none. Only where all are different.</summary>
    public abstract int Find(ReadOnlySpan<byte> value);

    /// <summary>The code here of a string of another pool, −1 when it has none. Only where all are different.</summary>
    public virtual int Find(StringPool other, int code) => Find(other.GetBytes(code));

    /// <summary>The distance of codes here to those of equal strings there, where that is one for all.</summary>
    public virtual bool TryGetDistance(DeferredStrings other, out int distance)
    {
        distance = 0;
        return ReferenceEquals(other, this);
    }

    /// <summary>Makes the strings of some codes.</summary>
    private protected abstract TextBlock Decode(int start, int count);

    private TextBlock Make(int block)
    {
        int start = block << BlockBits;
        TextBlock made = Decode(start, Math.Min(BlockLength, Count - start));

        // Of two readers that make the same block one wins; spans of either stay valid.
        if (Interlocked.CompareExchange(ref _blocks[block], made, null) is { } earlier) { return earlier; }

        Interlocked.Add(ref _blockBytes, made.SizeInBytes);
        return made;
    }
}

/// <summary>Byte strings behind each other. Immutable.</summary>
internal sealed class TextBlock(byte[] bytes, int[] ends)
{
    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => 80 + bytes.Length + (ends.Length * 4L);

    /// <summary>One string.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : ends[index - 1];
            return bytes.AsSpan(start, ends[index] - start);
        }
    }
}

/// <summary>Collects the strings of a <see cref="TextBlock"/>. Single-threaded.</summary>
internal ref struct TextBlockWriter(int count)
{
    private const int UsualLength = 32;

    private readonly int[] _ends = new int[count];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, count) * UsualLength);
    private int _strings;
    private int _used;

    /// <summary>Room for the next string, of which <see cref="Advance"/> then tells the length.</summary>
    public Span<byte> GetSpan(int maxLength)
    {
        if (_used + maxLength > _bytes.Length) { Grow(maxLength); }

        return _bytes.AsSpan(_used);
    }

    /// <summary>Takes the first bytes of the span that <see cref="GetSpan"/> gave as the next string.</summary>
    public void Advance(int length)
    {
        _used += length;
        _ends[_strings++] = _used;
    }

    /// <summary>The strings; nothing is written afterwards.</summary>
    public TextBlock Finish()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(_used);
        _bytes.AsSpan(0, _used).CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        return new TextBlock(bytes, _ends);
    }

    private void Grow(int more)
    {
        byte[] grown = ArrayPool<byte>.Shared.Rent(Math.Max(_used + more, _bytes.Length * 2));
        _bytes.AsSpan(0, _used).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
