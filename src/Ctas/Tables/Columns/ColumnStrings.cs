using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Where the strings of one column of a compact table go. Single-threaded.</summary>
/// <remarks>
/// <code>
/// rows ─► open segment ─┬─ strings that repeat ────► codes of one pool of the table
///                       └─ nearly all different ───► segment: numbers of a template, or an arena, coded or not
/// </code>
/// Which of both is settled by the first segment and looked at again while the table grows: shared codes let joins and
/// groups move numbers, but a string that does not come again is cheaper in its segment.
/// </remarks>
internal sealed class ColumnStrings
{
    // Fewer rows settle nothing.
    private const int FewRows = 4096;
    private const double NearlyUnique = 0.95;

    private Storage _storage;
    private TrainedSymbols? _symbols;

    /// <summary>Begins a column.</summary>
    /// <param name="isUnique">True when no string comes twice: the only column of a key.</param>
    public ColumnStrings(bool isUnique = false) => _storage = isUnique ? Storage.Unique : Storage.Undecided;

    private enum Storage
    {
        Undecided,
        Shared,
        Local,
        Unique,
    }

    /// <summary>The strings that repeat.</summary>
    public TableStrings Shared { get; private set; } = new() { AlwaysInterns = true };

    /// <summary>The table's pool; a segment whose strings are its own has none in it.</summary>
    public StringPool Pool => Shared.Pool;

    /// <summary>Goes on with the pool of a stored table, whose segments were read back.</summary>
    public static ColumnStrings Continue(StringPool pool, bool isUnique) => new(isUnique)
    {
        Shared = new TableStrings(pool, isGrown: true) { AlwaysInterns = true },
    };

    /// <summary>True when the strings of a new segment can lie in a given pool until it is sealed.</summary>
    /// <remarks>They are not looked up among those before: the segment keeps them for itself, or their codes tell enough.</remarks>
    public bool CanBorrow(StringPool pool) =>
        _storage is Storage.Local or Storage.Unique || (_storage == Storage.Undecided && pool.Deferred is ColumnText);

    /// <summary>Where a new segment puts its strings while it is open.</summary>
    public TableStrings Open() => _storage switch
    {
        Storage.Shared => Shared,
        Storage.Undecided => new TableStrings { AlwaysInterns = true },
        _ => new TableStrings(new StringPool(isInterned: false), isGrown: true),
    };

    /// <summary>Looks for equal strings no longer where the first of a segment leave little hope of any.</summary>
    /// <param name="strings">What <see cref="Open"/> gave.</param>
    /// <param name="rows">Rows so far, those that are NULL included.</param>
    public void Look(TableStrings strings, int rows)
    {
        // Rows drawn at random from eight hundred thousand strings are as different as that; from fewer, equal ones show.
        const int manyRows = 8192;
        const double surelyUnique = 0.995;

        // Deferred strings are those of another table, which others read.
        bool isOpen = _storage == Storage.Undecided && strings.Pool is { IsInterned: true, Deferred: null } && rows >= manyRows;
        if (isOpen && strings.Pool.Count > rows * surelyUnique) { strings.Pool.StopInterning(); }
    }

    /// <summary>Encodes the strings of a segment.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="strings">What <see cref="Open"/> gave.</param>
    /// <param name="codes">A code a row, −1 for NULL; overwritten.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    public EncodedColumn Seal(DataType type, TableStrings strings, Span<int> codes, NullRows? nulls)
    {
        if (ReferenceEquals(strings, Shared))
        {
            if (Shared.IsNearlyUnique) { _storage = Storage.Local; }

            return Coded(type, codes, nulls);
        }

        var rows = new StringRows(strings.Pool, codes);
        if (rows.EncodeKnown(type, nulls) is { } known)
        {
            if (_storage == Storage.Undecided && codes.Length >= FewRows) { _storage = Storage.Local; }

            return known;
        }

        int distinct = _storage == Storage.Undecided ? DistinctOf(strings.Pool, codes) : 0;
        if (_storage == Storage.Undecided && !IsNearlyUnique(distinct, codes))
        {
            bool areMany = codes.Length >= FewRows;
            if (areMany && distinct >= FewRows && EncodeNumbers(type, rows, nulls) is { } numbers)
            {
                _storage = Storage.Local;
                return numbers;
            }

            if (areMany) { _storage = Storage.Shared; }

            Share(type, strings.Pool, codes);
            return Coded(type, codes, nulls);
        }

        if (_storage == Storage.Undecided && codes.Length >= FewRows) { _storage = Storage.Local; }

        // A column that began with different strings may go on with equal ones.
        if (_storage == Storage.Local && Repeats(rows)) { _storage = Storage.Undecided; }

        return StringEncoder.Encode(type, rows, nulls, ref _symbols);
    }

    /// <summary>Ends a load: gives back what only adding needed.</summary>
    public void Complete() => Shared.Complete();

    /// <summary>Rows as numbers of a template, where these are as good as codes; else null.</summary>
    /// <remarks>Numbers close together are joined and grouped as quickly as codes, and need no strings behind them.</remarks>
    private static TemplateStrings? EncodeNumbers(DataType type, StringRows rows, NullRows? nulls)
    {
        const int maxPerRow = 4;
        return TemplateStrings.Of(type, rows, nulls) is { OtherRows.Length: 0 } numbers
            && NumberRange.Of(numbers.Bounds, rows.Count * maxPerRow) is not null
            ? numbers
            : null;
    }

    /// <summary>Different strings among some rows: of deferred ones, different codes.</summary>
    private static int DistinctOf(StringPool pool, ReadOnlySpan<int> codes)
    {
        if (pool.Deferred is null) { return pool.Count; }

        var seen = new Bitmap(pool.Count);
        foreach (int code in codes)
        {
            if (code >= 0) { seen[code] = true; }
        }

        return seen.CountSet();
    }

    private static bool IsNearlyUnique(int distinct, ReadOnlySpan<int> codes)
    {
        int nulls = codes.Count(-1);
        return distinct > 1 && distinct > (codes.Length - nulls) * NearlyUnique;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Repeats(StringRows rows)
    {
        const int wanted = 512, slots = wanted * 2;
        if (rows.Count < FewRows) { return false; }

        // Open addressing; 0 is free.
        Span<ulong> hashes = stackalloc ulong[slots];
        hashes.Clear();
        int seen = 0, distinct = 0;
        for (int i = 0; i < wanted; i++)
        {
            int row = Sampling.RowOf(i, wanted, rows.Count);
            if (rows.IsNull(row)) { continue; }

            ulong hash = Hashing.Bytes(rows[row]) | 1;
            int slot = (int)(hash >> 32) & (slots - 1);
            while (hashes[slot] != 0 && hashes[slot] != hash) { slot = (slot + 1) & (slots - 1); }

            if (hashes[slot] == 0) { distinct++; }

            hashes[slot] = hash;
            seen++;
        }

        return distinct < seen * 0.9;
    }

    private void Share(DataType type, StringPool pool, Span<int> codes)
    {
        int[] copy = RentedMemory.Rent<int>(codes.Length);
        codes.CopyTo(copy);
        Shared.Translate(new StringColumn(type, copy, codes.Length, pool), 0, codes.Length, codes);
        RentedMemory.Return(copy);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private CodedStrings Coded(DataType type, ReadOnlySpan<int> codes, NullRows? nulls)
    {
        long[] wide = ArrayPool<long>.Shared.Rent(codes.Length);

        // NULL rows repeat the code before them, which costs nothing.
        long last = Math.Max(0, codes.Length == 0 ? 0 : codes[Math.Max(0, codes.IndexOfAnyExcept(-1))]);
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] >= 0) { last = codes[row]; }

            wide[row] = last;
        }

        EncodedIntegers encoded = EncodedIntegers.Encode(wide.AsSpan(0, codes.Length));
        ArrayPool<long>.Shared.Return(wide);
        return new CodedStrings(type, encoded, Pool, nulls);
    }
}
