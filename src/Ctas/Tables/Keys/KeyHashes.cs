using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>Hashes keys column by column. Immutable, so safe for many threads.</summary>
/// <remarks>A string that many rows share is hashed once, by its code.</remarks>
internal sealed class KeyHashes
{
    private const int RowsAtOnce = 4096;

    private readonly KeyLayout _keys;

    // The hash of every code of a part; null where each row's string is hashed.
    private readonly ulong[]?[] _ofCodes;

    /// <summary>Hashes keys of any batches.</summary>
    public KeyHashes(KeyLayout keys)
    {
        _keys = keys;
        _ofCodes = new ulong[]?[keys.Ordinals.Length];
    }

    /// <summary>Prepares to hash all keys of some rows.</summary>
    public KeyHashes(KeyLayout keys, BatchRowStore rows)
        : this(keys)
    {
        for (int part = 0; part < _ofCodes.Length; part++)
        {
            if (rows.PoolOf(keys.Ordinals[part]) is { } pool && pool.Count <= rows.RowCount / 2)
            {
                _ofCodes[part] = HashesOf(pool);
            }
        }
    }

    /// <summary>The hashes of the keys of rows [start, end) of a batch; equal to those that a lookup takes.</summary>
    public void Hash(Batch rows, int start, int end, Span<ulong> hashes)
    {
        Span<ulong> wanted = hashes[..(end - start)];
        for (int part = 0; part < _ofCodes.Length; part++)
        {
            switch (rows[_keys.Ordinals[part]])
            {
                case FixedColumn<int> { Validity: null } ints: Add(ints.Values[start..end], wanted, part > 0); break;
                case FixedColumn<long> { Validity: null } longs: Add(longs.Values[start..end], wanted, part > 0); break;
                case StringColumn strings when _ofCodes[part] is { } ofCodes:
                    Add(strings.Codes[start..end], ofCodes, wanted, part > 0);
                    break;
                case StringColumn strings: Add(strings.Codes[start..end], strings.Pool, wanted, part > 0); break;
                default: AddRows(rows, start, part, wanted); break;
            }
        }
    }

    /// <summary>The short hashes of the keys of rows [start, end) of a batch (see <see cref="KeyIndex.Shorten"/>).</summary>
    public void HashShort(Batch rows, int start, int end, Span<uint> hashes)
    {
        Span<ulong> wide = stackalloc ulong[RowsAtOnce];
        for (int row = start; row < end; row += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, end - row);
            Hash(rows, row, row + count, wide);
            for (int hashed = 0; hashed < count; hashed++) { hashes[row - start + hashed] = KeyIndex.Shorten(wide[hashed]); }
        }
    }

    private static ulong[] HashesOf(StringPool pool)
    {
        ulong[] hashes = GC.AllocateUninitializedArray<ulong>(pool.Count);
        for (int code = 0; code < hashes.Length; code++) { hashes[code] = Hashing.Bytes(pool.GetBytes(code)); }

        return hashes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<int> values, Span<ulong> hashes, bool follows)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            ulong hash = Hashing.Int64((ulong)(long)values[row]);
            hashes[row] = follows ? Hashing.Combine(hashes[row], hash) : hash;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<long> values, Span<ulong> hashes, bool follows)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            ulong hash = Hashing.Int64((ulong)values[row]);
            hashes[row] = follows ? Hashing.Combine(hashes[row], hash) : hash;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<int> codes, ulong[] ofCodes, Span<ulong> hashes, bool follows)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            ulong hash = codes[row] < 0 ? Hashing.Null : ofCodes[codes[row]];
            hashes[row] = follows ? Hashing.Combine(hashes[row], hash) : hash;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<int> codes, StringPool pool, Span<ulong> hashes, bool follows)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            ulong hash = codes[row] < 0 ? Hashing.Null : Hashing.Bytes(pool.GetBytes(codes[row]));
            hashes[row] = follows ? Hashing.Combine(hashes[row], hash) : hash;
        }
    }

    private void AddRows(Batch rows, int start, int part, Span<ulong> hashes)
    {
        for (int row = 0; row < hashes.Length; row++)
        {
            ulong hash = _keys.HashPart(rows, start + row, part);
            hashes[row] = part > 0 ? Hashing.Combine(hashes[row], hash) : hash;
        }
    }
}
