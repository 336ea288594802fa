using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Integers that repeat: each run once, with the row it starts at. Immutable.</summary>
internal sealed class RunIntegers : EncodedIntegers
{
    private readonly ushort[] _starts;
    private readonly PackedIntegers _values;

    private RunIntegers(ushort[] starts, PackedIntegers values, int count)
        : base(count)
    {
        _starts = starts;
        _values = values;
    }

    public override long SizeInBytes => 48 + ArraySize.Of(_starts) + _values.SizeInBytes;

    public override IntegerEncoding Encoding => IntegerEncoding.Runs;

    public override string Form => "runs";

    public override long this[int index] => _values[RunOf(index)];

    /// <summary>Packs integers of so many runs; at most 65,536 of them, at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RunIntegers Pack(ReadOnlySpan<long> values, int runs)
    {
        ushort[] starts = new ushort[runs];
        long[] distinct = new long[runs];
        int run = 0;
        for (int index = 0; index < values.Length; index++)
        {
            if (index > 0 && values[index] == values[index - 1]) { continue; }

            starts[run] = (ushort)index;
            distinct[run++] = values[index];
        }

        return new RunIntegers(starts, PackedIntegers.Pack(distinct), values.Length);
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        int end = start + values.Length;
        for (int run = RunOf(start), at = start; at < end; run++)
        {
            int runEnd = run + 1 < _starts.Length ? Math.Min(_starts[run + 1], end) : end;
            values[(at - start)..(runEnd - start)].Fill(BitPacking.Narrow<T>(_values[run]));
            at = runEnd;
        }
    }

    internal static RunIntegers ReadContent(ISegmentReader reader, int count)
    {
        ushort[] starts = StoredRows.Checked(reader.ReadArray<ushort>(), count);
        if (starts is not [0, ..]) { throw new InvalidDataException("Runs do not start at the first row."); }

        return new RunIntegers(starts, PackedIntegers.ReadContent(reader, starts.Length), count);
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        writer.Write<ushort>(_starts);
        _values.WriteTo(writer);
    }

    // The last run that starts at the row or before it.
    private int RunOf(int index)
    {
        ushort[] starts = _starts;
        int low = 0, length = starts.Length;
        while (length > 1)
        {
            int half = length >>> 1;
            low = starts[low + half] <= index ? low + half : low;
            length -= half;
        }

        return low;
    }
}
