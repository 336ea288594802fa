using System.Numerics;
using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>How values are added up; those added in one pass come first.</summary>
internal enum TotalForm
{
    /// <summary>INT, in 64 bits.</summary>
    Int,

    /// <summary>DOUBLE.</summary>
    Double,

    /// <summary>BIGINT, in 64 bits; what wraps around is counted.</summary>
    BigInt,

    /// <summary>DECIMAL of so few digits that no number of rows there can be leaves 128 bits.</summary>
    ShortDecimal,

    /// <summary>DECIMAL, in 128 bits; what wraps around is counted.</summary>
    Decimal,

    /// <summary>Not at all: only NULLs are counted.</summary>
    None,
}

/// <summary>The sum of one argument in the lines of all groups, and how many of its values were NULL.</summary>
internal sealed class Total
{
    private readonly DataType? _type;

    // NULLs of each group, as far as there were any.
    private long[] _nulls = [];
    private SumWraps _wraps;

    /// <summary>Takes a place in the lines.</summary>
    /// <param name="type">Type of the values; null when they are only counted.</param>
    /// <param name="word">The first of its words.</param>
    public Total(DataType? type, int word)
    {
        _type = type;
        Form = FormOf(type);
        Word = word;
        Words = Form switch
        {
            TotalForm.None => 0,
            TotalForm.ShortDecimal or TotalForm.Decimal => 2,
            _ => 1,
        };
    }

    /// <summary>How values are added up.</summary>
    public TotalForm Form { get; }

    /// <summary>Where it lies in a line.</summary>
    public int Word { get; }

    /// <summary>How many words it takes.</summary>
    public int Words { get; }

    /// <summary>Bytes held beside the lines.</summary>
    public long SizeInBytes => (_nulls.Length * 8L) + _wraps.SizeInBytes;

    /// <summary>False when every sum is a value of its type.</summary>
    public bool MayNotFit => Form == TotalForm.Decimal || _wraps.HasAny;

    /// <summary>How values of a type are added up; null: they are not.</summary>
    public static TotalForm FormOf(DataType? type) => type?.Kind switch
    {
        DataTypeKind.Int => TotalForm.Int,
        DataTypeKind.Double => TotalForm.Double,
        DataTypeKind.BigInt => TotalForm.BigInt,
        DataTypeKind.Decimal when type.Precision <= ShortDecimals.MaxSummedPrecision => TotalForm.ShortDecimal,
        DataTypeKind.Decimal => TotalForm.Decimal,
        _ => TotalForm.None,
    };

    /// <summary>Counts the NULLs of rows, which were added as 0.</summary>
    public void NoteNulls(Column column, ReadOnlySpan<int> groups)
    {
        if (column.Validity is not { } validity) { return; }

        ReadOnlySpan<ulong> words = validity.Words;
        for (int word = 0; word < words.Length; word++)
        {
            for (ulong nulls = ~words[word]; nulls != 0; nulls &= nulls - 1)
            {
                int row = (word << 6) + BitOperations.TrailingZeroCount(nulls);
                if (row < groups.Length) { NoteNulls(groups[row], 1); }
            }
        }
    }

    /// <summary>Notes that the sum of a group has wrapped around.</summary>
    public void NoteWraps(int group, int wraps) => _wraps.Add(group, wraps);

    /// <summary>How many NULLs a group has.</summary>
    public long NullsOf(int group) => group < _nulls.Length ? _nulls[group] : 0;

    /// <summary>By how many widths of its form the sum of a group is off.</summary>
    public int WrapsOf(int group) => _wraps[group];

    /// <summary>The sum of a line, as a whole number; not of DOUBLEs.</summary>
    public Int128 ExactOf(ReadOnlySpan<long> line) =>
        Words == 2 ? MemoryMarshal.Cast<long, Int128>(line[Word..])[0] : line[Word];

    /// <summary>Adds the sum of one line to that of another, which is that of <paramref name="group"/>.</summary>
    public void MergeSum(Span<long> line, ReadOnlySpan<long> added, int group)
    {
        int wraps = 0;
        switch (Form)
        {
            case TotalForm.None: return;
            case TotalForm.Double: MemoryMarshal.Cast<long, double>(line)[Word] += BitConverter.Int64BitsToDouble(added[Word]); break;
            case TotalForm.Int or TotalForm.BigInt: wraps = BigIntSummation.Add(ref line[Word], added[Word]); break;

            // Merged sums may be of more rows than those that surely fit.
            default: wraps = DecimalSummation.Add(ref MemoryMarshal.Cast<long, Int128>(line[Word..])[0], ExactOf(added)); break;
        }

        if (wraps != 0) { NoteWraps(group, wraps); }
    }

    /// <summary>Adds what another part has noted beside its lines.</summary>
    public void MergeNotes(Total part, ReadOnlySpan<int> mapping)
    {
        for (int group = 0; group < Math.Min(part._nulls.Length, mapping.Length); group++)
        {
            if (part._nulls[group] != 0) { NoteNulls(mapping[group], part._nulls[group]); }
        }

        _wraps.Merge(part._wraps, mapping);
    }

    /// <summary>What is noted of some groups.</summary>
    public Total Copy(ReadOnlySpan<int> groups)
    {
        var copy = new Total(_type, Word) { _wraps = _wraps.Copy(groups) };
        for (int group = 0; group < groups.Length; group++)
        {
            if (NullsOf(groups[group]) is > 0 and var nulls) { copy.NoteNulls(group, nulls); }
        }

        return copy;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release() => PooledArrays.Release(ref _nulls);

    private void NoteNulls(int group, long count)
    {
        if (group >= _nulls.Length) { PooledArrays.Grow(ref _nulls, group + 1); }

        _nulls[group] += count;
    }
}
