using System.Numerics;

namespace Ctas.Data;

/// <summary>Fixed-length bits, one a row. Single-threaded while it is filled, immutable afterwards.</summary>
public sealed class Bitmap
{
    // May be longer than the bits.
    private readonly ulong[] _words;
    private readonly bool _isLent;

    /// <summary>Makes <paramref name="length"/> bits, all set or all clear.</summary>
    public Bitmap(int length, bool value = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _words = new ulong[WordsFor(length)];
        if (value) { SetAll(); }
    }

    /// <summary>Makes bits, all set or all clear, in an array that is long enough and whose contents mean nothing.</summary>
    /// <param name="length">Number of bits.</param>
    /// <param name="value">What they are.</param>
    /// <param name="words">The array.</param>
    /// <param name="isLent">True when it is rented, see <see cref="GiveBack"/>.</param>
    internal Bitmap(int length, bool value, ulong[] words, bool isLent)
    {
        Length = length;
        _words = words;
        _isLent = isLent;
        if (value) { SetAll(); }
        else { Words.Clear(); }
    }

    /// <summary>Words that so many bits take.</summary>
    internal static int WordsFor(int length) => (length + 63) >> 6;

    /// <summary>Number of bits.</summary>
    public int Length { get; }

    /// <summary>The bits, 64 a word, lowest row in the lowest bit; bits past <see cref="Length"/> are clear.</summary>
    public Span<ulong> Words => _words.AsSpan(0, WordsFor(Length));

    /// <summary>One bit. The bound is not checked beyond the word.</summary>
    public bool this[int row]
    {
        get => (_words[row >> 6] >> row & 1) != 0;
        set
        {
            if (value) { _words[row >> 6] |= 1UL << row; }
            else { _words[row >> 6] &= ~(1UL << row); }
        }
    }

    /// <summary>Number of set bits. Cost O(length / 64).</summary>
    public int CountSet()
    {
        int count = 0;
        foreach (ulong word in Words) { count += BitOperations.PopCount(word); }

        return count;
    }

    /// <summary>A copy of bits [start, start + length). Cost O(length / 64).</summary>
    internal Bitmap Slice(int start, int length)
    {
        if (start == 0 && length == Length) { return this; }

        var slice = new Bitmap(length);
        int shift = start & 63;
        ReadOnlySpan<ulong> from = Words[(start >> 6)..];
        for (int word = 0; word < slice._words.Length; word++)
        {
            ulong low = from[word] >> shift;
            ulong high = shift > 0 && word + 1 < from.Length ? from[word + 1] << (64 - shift) : 0;
            slice._words[word] = low | high;
        }

        if ((length & 63) != 0) { slice._words[^1] &= (1UL << (length & 63)) - 1; }

        return slice;
    }

    /// <summary>Gives a rented array back: nobody reads the bits any more. Others are left to the collector.</summary>
    internal void GiveBack()
    {
        if (_isLent) { RentedMemory.Return(_words); }
    }

    /// <summary>The bits of either.</summary>
    internal static Bitmap Or(Bitmap left, Bitmap right)
    {
        var result = new Bitmap(left.Length);
        for (int word = 0; word < result._words.Length; word++)
        {
            result._words[word] = left._words[word] | right._words[word];
        }

        return result;
    }

    /// <summary>The bits of both; a null means all set, so the result is null when both are.</summary>
    public static Bitmap? And(Bitmap? left, Bitmap? right)
    {
        if (left is null || right is null) { return left ?? right; }

        var result = new Bitmap(left.Length);
        for (int word = 0; word < result._words.Length; word++)
        {
            result._words[word] = left._words[word] & right._words[word];
        }

        return result;
    }

    private void SetAll()
    {
        Words.Fill(ulong.MaxValue);
        if ((Length & 63) != 0) { Words[^1] = (1UL << (Length & 63)) - 1; }
    }
}
