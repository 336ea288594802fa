using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>The strings of one column of a table under construction: one pool for all rows. Single-threaded.</summary>
/// <remarks>
/// Rows arrive with codes of the pools they were read into. Each code is brought over once and then translated by a
/// table, so a repeated string costs no hashing. A column whose strings turn out to be nearly all different stops
/// looking for equal ones: its strings then cost their bytes and eight more.
/// </remarks>
internal sealed class TableStrings : IRowStrings
{
    /// <summary>The table to find one of at most so many strings is kept: searching them is common and it costs little.</summary>
    public const int FewStrings = 1024;

    private const int KnownPools = 4;

    private readonly (StringPool? Pool, int[] Codes)[] _known = new (StringPool?, int[])[KnownPools];
    private int _oldest;
    private long _translated;

    private readonly bool _isShared;

    /// <summary>Begins a pool of the table's own.</summary>
    public TableStrings() => Pool = new StringPool(isInterned: true);

    /// <summary>Takes strings of one pool only, which is not changed; or of any, which are added to it.</summary>
    public TableStrings(StringPool shared, bool isGrown = false)
    {
        Pool = shared;
        _isShared = !isGrown;
    }

    /// <summary>The table's strings.</summary>
    public StringPool Pool { get; }

    /// <summary>True to look for equal strings for good: the owner decides when that does not pay.</summary>
    public bool AlwaysInterns { get; init; }

    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => Pool.SizeInBytes + _known.Sum(known => (known.Codes?.Length ?? 0) * 4L);

    /// <summary>True when most strings so far were new ones.</summary>
    /// <remarks>Few rows say little: a hundred thousand values drawn at random look nearly unique for a long time.</remarks>
    public bool IsNearlyUnique => _translated switch
    {
        < 32_768 => false,
        < 262_144 => Pool.Count > _translated * 0.95,
        < 1_048_576 => Pool.Count > _translated * 0.75,
        _ => Pool.Count > _translated * 0.5,
    };

    /// <summary>The table's codes of rows [start, end) of a column, −1 for NULL.</summary>
    public void Translate(StringColumn column, int start, int end, Span<int> codes)
    {
        ReadOnlySpan<int> given = column.Codes[start..end];
        if (_isShared || ReferenceEquals(column.Pool, Pool))
        {
            given.CopyTo(codes);
            return;
        }

        if (Pool.IsInterned) { TranslateInterned(column.Pool, given, codes); }
        else { Copy(column.Pool, given, codes); }

        _translated += given.Length;
        if (!AlwaysInterns && Pool.IsInterned && IsNearlyUnique) { Pool.StopInterning(); }
    }

    /// <summary>Ends construction: gives back what only adding needed.</summary>
    public void Complete()
    {
        if (_isShared) { return; }

        Array.Clear(_known);
        if (!AlwaysInterns && Pool.IsInterned && Pool.Count > FewStrings && Pool.Count > _translated / 2) { Pool.StopInterning(); }

        if (AlwaysInterns && Pool.Count > FewStrings) { Pool.ReleaseTable(); }

        Pool.TrimExcess();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TranslateInterned(StringPool source, ReadOnlySpan<int> given, Span<int> codes)
    {
        int[] known = CodesOf(source);
        for (int row = 0; row < given.Length; row++)
        {
            int code = given[row];
            if (code < 0)
            {
                codes[row] = -1;
                continue;
            }

            int translated = known[code] - 1;
            if (translated < 0)
            {
                translated = Pool.Add(source.GetBytes(code));
                known[code] = translated + 1;
            }

            codes[row] = translated;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy(StringPool source, ReadOnlySpan<int> given, Span<int> codes)
    {
        for (int row = 0; row < given.Length; row++)
        {
            codes[row] = given[row] < 0 ? -1 : Pool.Add(source.GetBytes(given[row]));
        }
    }

    /// <summary>Our code + 1 by code of the source, 0 where it was not met yet.</summary>
    private int[] CodesOf(StringPool source)
    {
        foreach (ref (StringPool? Pool, int[] Codes) known in _known.AsSpan())
        {
            if (!ReferenceEquals(known.Pool, source)) { continue; }

            if (known.Codes.Length < source.Count) { Array.Resize(ref known.Codes, source.Count * 2); }

            return known.Codes;
        }

        // The arrays of forgotten pools are used again: small pools come one with each batch.
        ref (StringPool? Pool, int[] Codes) replaced = ref _known[_oldest];
        _oldest = (_oldest + 1) % KnownPools;
        bool isReusable = replaced.Codes is not null && replaced.Codes.Length >= source.Count
            && replaced.Codes.Length <= source.Count * 4;
        if (isReusable) { Array.Clear(replaced.Codes!); }

        replaced = (source, isReusable ? replaced.Codes! : new int[source.Count]);
        return replaced.Codes;
    }
}
