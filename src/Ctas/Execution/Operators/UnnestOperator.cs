using System.Runtime.InteropServices;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Gives each row once for every element of its collections, in order: NULL where one of them has ended before another.
/// </summary>
/// <remarks>Columns of the input are gathered by row number; weights are kept. Keeps no rows.</remarks>
internal sealed class UnnestOperator : StreamingOperator
{
    private const int MaxBatchRows = 65_536;

    private readonly LogicalUnnest _plan;
    private readonly Evaluator _evaluator;
    private readonly UnnestColumns[] _collections;
    private readonly FixedColumnBuilder<long> _ordinality = new(DataType.BigInt);
    private readonly List<int> _rows = [];
    private readonly List<int> _weights = [];
    private readonly ColumnMemory _memory;

    public UnnestOperator(LogicalUnnest plan, RowErrorLog log, IOperatorInput output)
        : base(output)
    {
        _plan = plan;
        _memory = ColumnMemory.For(output.KeepsColumns);
        _evaluator = new Evaluator(plan.Collections, plan.Input.Schema, log, reusesResults: true);
        _collections = [.. plan.Collections.Zip(plan.SpreadsFields, (collection, spreads) => new UnnestColumns(collection.Type, spreads))];
    }

    public override void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        RowSelection? selected = evaluated.InputRows;
        ReadOnlySpan<int> inputRows = selected is null ? default : selected.Span;
        int[]? weights = evaluated.Weights;
        for (int row = 0; row < evaluated.Columns.RowCount; row++)
        {
            int count = 0;
            for (int i = 0; i < _collections.Length; i++)
            {
                count = Math.Max(count, _collections[i].Open((StringColumn)evaluated.Columns[i], row));
            }

            bool isKeptEmpty = count == 0 && _plan.KeepsEmpty;
            for (int element = 0; element < (isKeptEmpty ? 1 : count); element++)
            {
                _rows.Add(selected is null ? row : inputRows[row]);
                if (weights is not null) { _weights.Add(weights[row]); }

                foreach (UnnestColumns columns in _collections) { columns.Append(element); }

                if (isKeptEmpty) { _ordinality.AppendNull(); }
                else { _ordinality.Append(element + 1); }
            }

            if (_rows.Count >= MaxBatchRows) { Flush(changes); }
        }

        Flush(changes);
    }

    private void Flush(ChangeBatch changes)
    {
        if (_rows.Count == 0) { return; }

        Batch input = changes.Rows.Gather(CollectionsMarshal.AsSpan(_rows), _memory);
        var columns = new List<Column>(_plan.Schema.Fields.Count);
        columns.AddRange(input.Columns);
        foreach (UnnestColumns collection in _collections) { collection.Finish(columns); }

        Column ordinality = _ordinality.Finish();
        if (_plan.HasOrdinality) { columns.Add(ordinality); }

        int[]? weights = changes.Weights is null ? null : [.. _weights];
        Output.Push(new ChangeBatch(new Batch([.. columns], _rows.Count), Selection: null, weights));
        input.GiveBack();
        _rows.Clear();
        _weights.Clear();
    }

    /// <summary>The columns that one collection gives, and where the collection of the current row lies.</summary>
    private sealed class UnnestColumns(DataType type, bool spreadsFields)
    {
        private readonly ValueShape? _shape = type.IsNested ? ValueShape.Of(type) : null;
        private readonly PartColumn? _keys = type.Kind == DataTypeKind.Map ? new PartColumn(type.Key!) : null;
        private readonly PartColumn[] _values = spreadsFields
            ? [.. type.Element!.Fields.Select(field => new PartColumn(field.Type))]
            : [new(type.Element ?? type)];

        private StringColumn? _column;
        private int _row;
        private int _count;

        /// <summary>Turns to the collection of a row; gives the number of its elements.</summary>
        public int Open(StringColumn column, int row)
        {
            (_column, _row) = (column, row);
            _count = _shape is null || column.IsNull(row) ? 0 : Values().Count;
            return _count;
        }

        /// <summary>Appends an element, NULL past the end.</summary>
        public void Append(int element)
        {
            if (element >= _count)
            {
                _keys?.AppendNull();
                foreach (PartColumn column in _values) { column.AppendNull(); }

                return;
            }

            _keys?.Append(new MapValue(_shape!, _column!.GetBytes(_row)).Keys[element]);
            ArrayValue values = Values();
            if (spreadsFields) { AppendFields(new StructValue(_shape!.Element, values[element])); }
            else if (values.IsNull(element)) { _values[0].AppendNull(); }
            else { _values[0].Append(values[element]); }
        }

        private void AppendFields(StructValue row)
        {
            for (int field = 0; field < _values.Length; field++)
            {
                if (row.IsNull(field)) { _values[field].AppendNull(); }
                else { _values[field].Append(row[field]); }
            }
        }

        public void Finish(List<Column> columns)
        {
            if (_keys is not null) { columns.Add(_keys.Finish()); }

            foreach (PartColumn column in _values) { columns.Add(column.Finish()); }
        }

        private ArrayValue Values() => _keys is null
            ? new ArrayValue(_shape!.Element, _column!.GetBytes(_row))
            : new MapValue(_shape!, _column!.GetBytes(_row)).Values;
    }
}
