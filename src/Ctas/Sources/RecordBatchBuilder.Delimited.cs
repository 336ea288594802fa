using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ctas.Sources;

public sealed partial class RecordBatchBuilder
{
    /// <summary>Adds records of a block, one delimited line each, until the block or the batch has no room.</summary>
    /// <remarks>What <see cref="Add"/> makes of them one by one; the mode of the source has to be known.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddDelimitedLines(RecordBlock block)
    {
        byte delimiter = (byte)(_definition.Delimiter ?? ',');
        bool isPlain = Array.TrueForAll(_delimitedValue, column => column?.Sibling is null);
        while (!block.IsEmpty && !IsFull)
        {
            if (!isPlain || MustBeGeneral || !TryAddExpected(block, delimiter)) { AddRecord(block, delimiter); }
        }

        _counters.Positions[block.PartitionOrdinal] = block.Offset;
    }

    // Fields that need neither joining nor unquoting, as many as there are columns; anything else is left to Add.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryAddExpected(RecordBlock block, byte delimiter)
    {
        ref byte text = ref block.Bytes[0];
        RecordPart part = PartOfLines;
        int at = block.Start;
        int filled = 0;
        int lines = 1;
        ValueColumn?[] columns = _delimitedValue;
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            ValueColumn? column = columns[ordinal];
            bool isRead = column is not null && IsRead(column, part);
            int end = isRead ? ReadField(column!, ref text, at, delimiter, ref filled) : -1;
            if (end < 0) { end = FindField(block, isRead ? column : null, at, delimiter, ref filled, ref lines); }

            // A line ends with its last field, and no sooner.
            bool isLast = ordinal == columns.Length - 1;
            bool isEnded = end >= 0 && (isLast ? EndsLine(block, end) : end < block.End && Unsafe.Add(ref text, end) == delimiter);
            if (!isEnded) { return GiveUp(); }

            at = end + 1;
        }

        // A blank line is no record.
        int next = at - 1;
        int length = next - block.Start;
        if (length <= 0) { return GiveUp(); }

        if (next < block.End && Unsafe.Add(ref text, next) == '\r') { next++; }

        if (next < block.End) { next++; }

        return TryComplete(block, length, next, lines, filled == _columns.Delivered.Count);
    }

    private bool GiveUp()
    {
        TakeBack(RowCount);
        return false;
    }

    // Numbers are read as they are found; nothing has been read where the result is negative.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ReadField(ValueColumn column, ref byte text, int at, byte delimiter, ref int filled)
    {
        int end = at;
        switch (column.Kernel)
        {
            case ValueKernel.Int64 when JsonText.TryReadInteger(ref text, ref end, out long integer) && Ends(ref text, end, delimiter):
                column.Longs.Append(integer);
                break;
            case ValueKernel.Int32 when JsonText.TryReadInteger(ref text, ref end, out long integer)
                && integer == (int)integer && Ends(ref text, end, delimiter):
                column.Ints.Append((int)integer);
                break;
            case ValueKernel.Double when column.TryReadDouble(ref text, ref end, out double real) && Ends(ref text, end, delimiter):
                column.Doubles.Append(real);
                break;
            default:
                return -1;
        }

        filled++;
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Ends(ref byte text, int at, byte delimiter)
    {
        byte next = Unsafe.Add(ref text, at);
        return next == delimiter || next is (byte)'\n' or (byte)'\r' or 0;
    }

    /// <summary>Finds the end of a field and appends its text to the column, if there is one.</summary>
    /// <returns>Where what ends the field stands; negative when the field is not a plain one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FindField(RecordBlock block, ValueColumn? column, int at, byte delimiter, ref int filled, ref int lines)
    {
        ref byte text = ref block.Bytes[0];
        int start = at;
        bool isQuoted = Unsafe.Add(ref text, at) == '"' && delimiter != '"';
        int end;
        if (isQuoted)
        {
            start++;
            int length = block.Bytes.AsSpan(start, block.End - start).IndexOf((byte)'"');
            if (length < 0) { return -1; }

            end = start + length;
            at = end + 1;
            if (at < block.End && !Ends(ref text, at, delimiter)) { return -1; }

            lines += block.Bytes.AsSpan(start, length).Count((byte)'\n');
        }
        else
        {
            at = FindFieldEnd(ref text, at, delimiter);
            end = at;

            // The CR of CR LF; or one that a field holds.
            bool endsWithReturn = end > start && Unsafe.Add(ref text, end) == '\n' && Unsafe.Add(ref text, end - 1) == '\r';
            bool endsFile = end == block.End && end > start && Unsafe.Add(ref text, end - 1) == '\r';
            if (endsWithReturn || endsFile) { at = --end; }
        }

        if (column is null || (end == start && !isQuoted)) { return at; }

        ReadOnlySpan<byte> field = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, start), end - start);
        bool isAppended = column.Kernel == ValueKernel.Text
            ? column.Texts.TryAppendPaddedText(field)
            : column.AppendText(field) is null;
        if (!isAppended) { return -1; }

        filled++;
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindFieldEnd(ref byte text, int at, byte delimiter)
    {
        while (true)
        {
            Vector256<byte> bytes = Vector256.LoadUnsafe(ref text, (nuint)at);
            Vector256<byte> ends = Vector256.Equals(bytes, Vector256.Create(delimiter))
                | Vector256.Equals(bytes, Vector256.Create((byte)'\n')) | Vector256.Equals(bytes, Vector256<byte>.Zero);
            uint found = ends.ExtractMostSignificantBits();
            if (found != 0) { return at + BitOperations.TrailingZeroCount(found); }

            at += Vector256<byte>.Count;
        }
    }

    // True at LF, at the CR of CR LF, and at the end of the block; a NUL within the block ends no line.
    private static bool EndsLine(RecordBlock block, int at)
    {
        if (at >= block.End) { return true; }

        byte ending = block.Bytes[at];
        return ending == '\n' || (ending == '\r' && (at + 1 == block.End || block.Bytes[at + 1] == '\n'));
    }

    private void AddRecord(RecordBlock block, byte delimiter)
    {
        ReadOnlySpan<byte> rest = block.Bytes.AsSpan(block.Start, block.End - block.Start);
        int end = DelimitedRecords.FindEnd(rest, delimiter);
        int length = end < 0 ? rest.Length : end;
        int consumed = end < 0 ? length : length + 1;
        int lines = rest[..consumed].Count((byte)'\n');
        if (length > 0 && rest[length - 1] == '\r') { length--; }

        if (length > 0) { Add(Record(block, length)); }

        block.Consume(consumed, lines);
    }
}
