using System.Buffers;

namespace Ctas.Tables.Columns;

/// <summary>Few different integers far apart, as codes of a list of them. Immutable.</summary>
internal sealed class DictionaryIntegers : EncodedIntegers
{
    /// <summary>More different integers are not coded.</summary>
    public const int MaxDistinct = 4096;

    private readonly PackedIntegers _codes;
    private readonly PackedIntegers _values;

    private DictionaryIntegers(PackedIntegers codes, PackedIntegers values)
        : base(codes.Count)
    {
        _codes = codes;
        _values = values;
    }

    public override long SizeInBytes => 48 + _codes.SizeInBytes + _values.SizeInBytes;

    public override IntegerEncoding Encoding => IntegerEncoding.Dictionary;

    public override string Form => $"dictionary, {_codes.Form}";

    public override long this[int index] => _values[(int)_codes[index]];

    /// <summary>Codes integers; null when they are more than <see cref="MaxDistinct"/> different ones.</summary>
    public static DictionaryIntegers? Pack(ReadOnlySpan<long> values)
    {
        var codeOf = new Dictionary<long, int>();
        var distinct = new List<long>();
        long[] codes = ArrayPool<long>.Shared.Rent(values.Length);
        try
        {
            for (int index = 0; index < values.Length; index++)
            {
                if (!codeOf.TryGetValue(values[index], out int code))
                {
                    if (distinct.Count == MaxDistinct) { return null; }

                    code = distinct.Count;
                    codeOf.Add(values[index], code);
                    distinct.Add(values[index]);
                }

                codes[index] = code;
            }

            PackedIntegers packed = PackedIntegers.Pack(codes.AsSpan(0, values.Length), 0, Math.Max(0, distinct.Count - 1));
            return new DictionaryIntegers(packed, PackedIntegers.Pack([.. distinct]));
        }
        finally { ArrayPool<long>.Shared.Return(codes); }
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        T[] distinct = new T[_values.Count];
        _values.CopyTo<T>(0, distinct);
        int[] codes = ArrayPool<int>.Shared.Rent(values.Length);
        _codes.CopyTo(start, codes.AsSpan(0, values.Length));
        for (int i = 0; i < values.Length; i++) { values[i] = distinct[codes[i]]; }

        ArrayPool<int>.Shared.Return(codes);
    }

    internal static DictionaryIntegers ReadContent(ISegmentReader reader, int count)
    {
        PackedIntegers codes = PackedIntegers.ReadContent(reader, count);
        int distinct = (int)reader.ReadInt64();
        return new DictionaryIntegers(codes, PackedIntegers.ReadContent(reader, distinct));
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        _codes.WriteTo(writer);
        writer.Write(_values.Count);
        _values.WriteTo(writer);
    }
}
