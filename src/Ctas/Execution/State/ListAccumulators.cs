using System.Buffers;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.State;

/// <summary>ARRAY_AGG: the values of a group as an ARRAY, NULLs included; NULL of no rows.</summary>
/// <param name="type">The ARRAY.</param>
internal sealed class ListAccumulator(DataType type) : Accumulator
{
    private readonly GroupRows _rows = new([type.Element!]);

    public override long SizeInBytes => _rows.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override bool TakesNulls => true;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount) =>
        _rows.Append(arguments, groups);

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _rows.Merge(((ListAccumulator)other)._rows, mapping);

    public override Column Finish(int groupCount) =>
        Lists.Of(type, _rows.View()[0], _rows.ByGroup(groupCount));
}

/// <summary>EARLIEST_BY_OFFSET(x, n) and LATEST_BY_OFFSET(x, n): the first or last n values, in order of arrival.</summary>
/// <param name="type">The ARRAY.</param>
/// <param name="count">How many.</param>
/// <param name="isLast">True for the last ones.</param>
/// <param name="takesNulls">True when NULLs count.</param>
internal sealed class EndsAccumulator(DataType type, int count, bool isLast, bool takesNulls) : Accumulator
{
    private readonly GroupRows _rows = new([type.Element!]);
    private int[] _counts = [];
    private int _pruneAt = 4096;

    public override long SizeInBytes => _rows.SizeInBytes + (_counts.Length * 4L);

    public override bool IsOrderSensitive => true;

    public override bool TakesNulls => takesNulls;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _counts, groupCount);
        int[] rows = ArrayPool<int>.Shared.Rent(Math.Max(1, groups.Length));
        int taken = 0;
        for (int row = 0; row < groups.Length; row++)
        {
            if (!takesNulls && arguments[0].IsNull(row)) { continue; }

            if (isLast || _counts[groups[row]]++ < count) { rows[taken++] = row; }
        }

        if (taken > 0) { _rows.AppendRows(arguments, groups, rows.AsSpan(0, taken)); }

        ArrayPool<int>.Shared.Return(rows);
        if (isLast && _rows.Count > _pruneAt) { Prune(groupCount); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        var part = (EndsAccumulator)other;
        var groups = new int[part._rows.Count];
        for (int row = 0; row < groups.Length; row++) { groups[row] = mapping[part._rows.Groups[row]]; }

        Add(part._rows.View().Columns, groups, groupCount);
    }

    public override Column Finish(int groupCount)
    {
        Prune(groupCount);
        return Lists.Of(type, _rows.View()[0], _rows.ByGroup(groupCount));
    }

    // Pruning when the rows have doubled costs each row a constant share.
    private void Prune(int groupCount)
    {
        if (!isLast) { return; }

        GroupedRows byGroup = _rows.ByGroup(groupCount);
        var kept = new List<int>();
        for (int group = 0; group < groupCount; group++)
        {
            ReadOnlySpan<int> rows = byGroup.Of(group);
            foreach (int row in rows[Math.Max(0, rows.Length - count)..]) { kept.Add(row); }
        }

        _rows.Keep(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
        _pruneAt = Math.Max(4096, _rows.Count * 2);
    }
}

/// <summary>STRING_AGG: texts one after the other with a separator between; NULLs are left out, NULL of no texts.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="separator">UTF-8 of what stands between.</param>
internal sealed class JoinedTextAccumulator(DataType type, byte[] separator) : Accumulator
{
    private readonly GroupRows _rows = new([DataType.Varchar]);

    public override long SizeInBytes => _rows.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount) =>
        _rows.AppendValues(arguments, groups);

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _rows.Merge(((JoinedTextAccumulator)other)._rows, mapping);

    public override Column Finish(int groupCount)
    {
        var texts = (StringColumn)_rows.View()[0];
        GroupedRows byGroup = _rows.ByGroup(groupCount);
        var builder = new StringColumnBuilder(type, new StringPool(isInterned: true));
        var text = new ArrayBufferWriter<byte>(256);
        for (int group = 0; group < groupCount; group++)
        {
            ReadOnlySpan<int> rows = byGroup.Of(group);
            text.ResetWrittenCount();
            for (int i = 0; i < rows.Length; i++)
            {
                if (i > 0) { text.Write(separator); }

                text.Write(texts.GetBytes(rows[i]));
            }

            if (rows.IsEmpty) { builder.AppendNull(); }
            else { builder.Append(text.WrittenSpan); }
        }

        return builder.Finish();
    }
}

/// <summary>Rows by group as ARRAYs.</summary>
internal static class Lists
{
    /// <summary>An ARRAY for each group, NULL for one without rows.</summary>
    public static Column Of(DataType type, Column values, GroupedRows byGroup)
    {
        var shape = ValueShape.Of(type);
        var writer = new NestedValueWriter();
        var builder = new StringColumnBuilder(type, new StringPool(isInterned: true));
        for (int group = 0; group < byGroup.Starts.Length - 1; group++)
        {
            ReadOnlySpan<int> rows = byGroup.Of(group);
            if (rows.IsEmpty)
            {
                builder.AppendNull();
                continue;
            }

            writer.Begin(shape);
            foreach (int row in rows) { writer.WriteFrom(values, row); }

            writer.End();
            builder.Append(writer.Written);
        }

        return builder.Finish();
    }
}
