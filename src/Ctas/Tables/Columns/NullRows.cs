using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Which rows of a sealed column are NULL, in the smallest of three forms. Immutable.</summary>
/// <remarks>
/// Few NULLs, or few values, are a list of rows; NULLs that lie together are the rows at which being NULL begins and
/// ends; anything else is a bit a row. Asking for a row costs one load or a binary search.
/// </remarks>
internal sealed class NullRows
{
    private readonly Form _form;

    // Bits: set for values. Else rows in ascending order.
    private readonly Bitmap? _validity;
    private readonly ushort[] _rows;

    // List: the rows are the NULLs, not the values. Changes: row 0 is NULL.
    private readonly bool _flag;
    private readonly int _count;

    private NullRows(Form form, bool flag, ushort[] rows, Bitmap? validity, int count)
    {
        _form = form;
        _flag = flag;
        _rows = rows;
        _validity = validity;
        _count = count;
    }

    private enum Form
    {
        Bits,
        List,
        Changes,
    }

    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => 64 + ArraySize.Of(_rows) + (_validity is null ? 0 : 56 + (_validity.Words.Length * 8L));

    /// <summary>True when the row is NULL.</summary>
    public bool this[int row] => _form switch
    {
        Form.Bits => !_validity![row],
        Form.List => (_rows.AsSpan().BinarySearch((ushort)row) >= 0) == _flag,
        _ => ((ChangesUpTo(row) & 1) != 0) != _flag,
    };

    /// <summary>The NULLs of rows [0, count) of a bitmap whose set bits are values; null when there are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NullRows? Of(Bitmap? validity, int count)
    {
        if (validity is null) { return null; }

        int values = 0, changes = 0;
        bool isValid = validity[0];
        for (int row = 0; row < count;)
        {
            int inWord = Math.Min(64, count - row);
            ulong word = validity.Words[row >> 6];
            if (inWord < 64) { word &= (1UL << inWord) - 1; }

            values += BitOperations.PopCount(word);
            ulong before = word << 1 | (isValid ? 1UL : 0);
            ulong differs = (word ^ before) & (inWord < 64 ? (1UL << inWord) - 1 : ulong.MaxValue);
            changes += BitOperations.PopCount(differs);
            isValid = (word >> (inWord - 1) & 1) != 0;
            row += inWord;
        }

        if (values == count) { return null; }

        int listed = Math.Min(values, count - values);
        int bitBytes = (count + 63) / 64 * 8;
        if (Math.Min(listed, changes) * sizeof(ushort) >= bitBytes)
        {
            var exact = new Bitmap(count);
            validity.Words[..exact.Words.Length].CopyTo(exact.Words);
            if ((count & 63) != 0) { exact.Words[^1] &= (1UL << (count & 63)) - 1; }

            return new NullRows(Form.Bits, false, [], exact, count);
        }

        return changes < listed ? Changes(validity, count, changes) : List(validity, count, listed, count - values == listed);
    }

    /// <summary>The validity of rows [start, start + count) as operators take it; null when none is NULL.</summary>
    public Bitmap? ToBitmap(int start, int count)
    {
        if (_form == Form.Bits) { return _validity!.Slice(start, count); }

        bool hasValues = _form == Form.List ? _flag : !this[start];
        var bits = new Bitmap(count, value: hasValues);
        int first = FirstAtLeast(start + (_form == Form.List ? 0 : 1));
        if (_form == Form.List)
        {
            for (int i = first; i < _rows.Length && _rows[i] < start + count; i++) { bits[_rows[i] - start] = !hasValues; }
        }
        else
        {
            FillRuns(bits, start, first, hasValues);
        }

        return bits.CountSet() == count ? null : bits;
    }

    /// <summary>Writes the rows down, also when there are none.</summary>
    public static void Write(NullRows? nulls, ISegmentWriter writer)
    {
        writer.Write(nulls is null ? -1 : (long)nulls._form);
        if (nulls is null) { return; }

        writer.Write(nulls._flag ? 1 : 0);
        if (nulls._form == Form.Bits) { writer.Write<ulong>(nulls._validity!.Words); }
        else { writer.Write<ushort>(nulls._rows); }
    }

    /// <summary>Reads what was written of a column of <paramref name="count"/> rows.</summary>
    /// <exception cref="InvalidDataException">It is none of the forms.</exception>
    public static NullRows? Read(ISegmentReader reader, int count)
    {
        long form = reader.ReadInt64();
        if (form < 0) { return null; }

        bool flag = reader.ReadInt64() != 0;
        switch ((Form)form)
        {
            case Form.Bits:
                var validity = new Bitmap(count);
                ulong[] words = reader.ReadArray<ulong>();
                if (words.Length != validity.Words.Length) { throw new InvalidDataException("NULL bits of another row count."); }

                if ((count & 63) != 0 && words[^1] >> (count & 63) != 0) { throw new InvalidDataException("NULL bits behind the rows."); }

                words.CopyTo(validity.Words);
                return new NullRows(Form.Bits, flag, [], validity, count);
            case Form.List or Form.Changes:
                return new NullRows((Form)form, flag, StoredRows.Checked(reader.ReadArray<ushort>(), count), null, count);
            default:
                throw new InvalidDataException($"There is no form {form} of NULL rows.");
        }
    }

    private static NullRows List(Bitmap validity, int count, int listed, bool areNulls)
    {
        ushort[] rows = new ushort[listed];
        for (int row = 0, next = 0; next < listed; row++)
        {
            if (validity[row] != areNulls) { rows[next++] = (ushort)row; }
        }

        return new NullRows(Form.List, areNulls, rows, null, count);
    }

    private static NullRows Changes(Bitmap validity, int count, int changes)
    {
        ushort[] rows = new ushort[changes];
        for (int row = 1, next = 0; next < changes; row++)
        {
            if (validity[row] != validity[row - 1]) { rows[next++] = (ushort)row; }
        }

        return new NullRows(Form.Changes, !validity[0], rows, null, count);
    }

    private void FillRuns(Bitmap bits, int start, int next, bool isValid)
    {
        // Row by row would do; a run of NULLs is often the whole batch.
        for (int row = start; row < start + bits.Length;)
        {
            int end = next < _rows.Length ? Math.Min(_rows[next], start + bits.Length) : start + bits.Length;
            bool runIsValid = isValid;
            for (; row < end; row++) { bits[row - start] = runIsValid; }

            isValid = !isValid;
            next++;
        }
    }

    private int ChangesUpTo(int row) => FirstAtLeast(row + 1);

    private int FirstAtLeast(int row)
    {
        int low = 0, high = _rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_rows[middle] < row) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }
}

/// <summary>What an array takes on the heap.</summary>
internal static class ArraySize
{
    private const int Header = 24;

    /// <summary>Bytes of an array, its header included; an empty one is shared and costs nothing.</summary>
    public static long Of<T>(T[] array)
        where T : unmanaged =>
        array.Length == 0 ? 0 : (Header + (array.Length * (long)System.Runtime.CompilerServices.Unsafe.SizeOf<T>()) + 7) & ~7L;
}
