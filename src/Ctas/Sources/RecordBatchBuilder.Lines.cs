using System.Runtime.CompilerServices;

namespace Ctas.Sources;

public sealed partial class RecordBatchBuilder
{
    /// <summary>Adds records of a block, one JSON object a line, until the block or the batch has no room.</summary>
    /// <remarks>What <see cref="Add"/> makes of them one by one; the mode of the source has to be known.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddJsonLines(RecordBlock block)
    {
        while (!block.IsEmpty && !IsFull)
        {
            if (!TryAddExpected(block)) { AddLine(block); }
        }

        _counters.Positions[block.PartitionOrdinal] = block.Offset;
    }

    private bool MustBeGeneral => !Predicts || _counters.Records >= _maxRecords;

    // Lines have no keys of their own.
    private RecordPart PartOfLines => _isKeyInValue || _isChangelog != true ? RecordPart.ValueAndKey : RecordPart.Value;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryAddExpected(RecordBlock block)
    {
        if (MustBeGeneral || !_definition.WrapsSingleValue || !_predictingLines.IsWorthTrying) { return false; }

        ref byte text = ref block.Bytes[0];
        int end = _predictingLines.Read(ref text, block.Start, block.End, RowCount, PartOfLines);
        if (end < 0) { return false; }

        // Blanks may follow the object, and nothing else.
        int next = end;
        while (Unsafe.Add(ref text, next) is (byte)' ' or (byte)'\t' or (byte)'\r') { next++; }

        bool endsLine = next < block.End && Unsafe.Add(ref text, next) == '\n';
        if (!endsLine && next != block.End)
        {
            _predictingLines.TakeBack();
            return false;
        }

        int record = next - block.Start;
        if (record > 0 && Unsafe.Add(ref text, next - 1) == '\r') { record--; }

        return TryComplete(block, record, endsLine ? next + 1 : next, lines: 1, _predictingLines.HasFilledAll);
    }

    /// <summary>Completes the row of an expected record; false leaves it to be added in the general way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryComplete(RecordBlock block, int length, int next, int lines, bool hasFilledAll)
    {
        int row = RowCount;
        (_partitionOrdinal, _offset, _lineNumber) = (block.PartitionOrdinal, block.Offset, block.LineNumber);
        if (_pseudoColumns.Length > 0 && AppendPseudoColumns(Record(block, length)) is not null)
        {
            TakeBack(row);
            return false;
        }

        _counters.Records++;
        _counters.Bytes += length;
        block.Consume(next - block.Start, lines);
        if (_isChangelog == true && !ApplyKeyPolicy(default, row)) { return true; }

        if (!hasFilledAll) { _columns.CompleteRow(row); }

        RowCount++;
        _hasRows = true;
        return true;
    }

    private void AddLine(RecordBlock block)
    {
        ReadOnlySpan<byte> rest = block.Bytes.AsSpan(block.Start, block.End - block.Start);
        int lineEnd = rest.IndexOf((byte)'\n');
        int length = lineEnd < 0 ? rest.Length : lineEnd;
        bool endsWithReturn = length > 0 && rest[length - 1] == '\r';
        bool isBlank = rest[..length].Trim(" \t\r"u8).IsEmpty;
        if (!isBlank) { Add(Record(block, endsWithReturn ? length - 1 : length)); }

        block.Consume(lineEnd < 0 ? length : length + 1, lines: 1);
    }

    private static SourceRecord Record(RecordBlock block, int length) => new()
    {
        PartitionOrdinal = block.PartitionOrdinal,
        Offset = block.Offset,
        LineNumber = block.LineNumber,
        TimestampMilliseconds = block.TimestampMilliseconds,
        Value = block.Bytes.AsSpan(block.Start, length),
    };
}
