using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>Hashes of the values of columns: equal values have equal hashes. Reused; single-threaded.</summary>
internal sealed class ValueHashes
{
    private ulong[] _hashes = [];

    /// <summary>A hash a row, of no meaning for NULL; valid until the next call.</summary>
    public ReadOnlySpan<ulong> Of(Column column)
    {
        if (_hashes.Length < column.Length) { _hashes = new ulong[column.Length]; }

        Span<ulong> hashes = _hashes.AsSpan(0, column.Length);
        switch (column)
        {
            case FixedColumn<bool> booleans: Fill<bool, BooleanBits>(booleans, hashes); break;
            case FixedColumn<int> ints: Fill<int, IntBits>(ints, hashes); break;
            case FixedColumn<long> longs: Fill<long, BigIntBits>(longs, hashes); break;
            case FixedColumn<double> doubles: Fill<double, DoubleBits>(doubles, hashes); break;
            case FixedColumn<Int128> decimals:
                for (int row = 0; row < hashes.Length; row++) { hashes[row] = Of(decimals.Values[row]); }

                break;
            case FixedColumn<Interval> intervals:
                for (int row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = Of(IntervalOrder.Length(intervals.Values[row]));
                }

                break;
            case StringColumn strings:
                for (int row = 0; row < hashes.Length; row++)
                {
                    hashes[row] = Mix(Hashing.Bytes(strings.GetBytes(row)));
                }

                break;
            default: throw new UnreachableException($"No hash of {column.Type}.");
        }

        return hashes;
    }

    private static void Fill<T, TBits>(FixedColumn<T> column, Span<ulong> hashes)
        where T : unmanaged
        where TBits : struct, IBits<T>
    {
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < hashes.Length; row++) { hashes[row] = Mix(Hashing.Int64(TBits.Of(values[row]))); }
    }

    private static ulong Of(Int128 value) =>
        Mix(Hashing.Combine(Hashing.Int64((ulong)value), Hashing.Int64((ulong)(value >> 64))));

    // Estimates need every bit to be as good as the others. Source: the finaliser of MurmurHash3.
    private static ulong Mix(ulong hash)
    {
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCDUL;
        hash ^= hash >> 33;
        hash *= 0xC4CEB9FE1A85EC53UL;
        return hash ^ (hash >> 33);
    }
}
