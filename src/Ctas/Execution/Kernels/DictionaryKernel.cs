using System.Buffers;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Kernels;

/// <summary>
/// Evaluates an expression over one string column once per distinct code, and remembers the result across batches.
/// </summary>
/// <remarks>
/// Every row then costs two array reads, whatever the expression does. Where nearly every row brings a new string,
/// remembering is worth nothing, and the rows are evaluated directly.
/// </remarks>
/// <param name="column">The string column.</param>
/// <param name="body">The expression over a batch of that column alone.</param>
internal sealed class DictionaryKernel(ColumnKernel column, Kernel body) : Kernel(body.Type, body.CanFail)
{
    private const int ObservedRows = 4096;

    private readonly Dictionary<int, RowError> _failures = [];
    private readonly List<int> _newCodes = [];
    private StringPool? _pool;
    private ColumnAccumulator? _results;
    private Column? _known;
    private readonly ReusedColumn _last = new();

    // Code + 1 (0 for NULL) → slot + 1 in the results; 0 means not evaluated yet.
    private int[] _slots = [];
    private long _rowsSeen;
    private bool _isDirect;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var strings = (StringColumn)column.Evaluate(input, errors);
        if (!ReferenceEquals(strings.Pool, _pool)) { Forget(strings.Pool); }

        if (_isDirect) { return body.Evaluate(new Batch([strings], strings.Length), errors); }

        int[] slots = ArrayPool<int>.Shared.Rent(strings.Length);
        Span<int> rows = slots.AsSpan(0, strings.Length);
        FindSlots(strings, rows);
        if (_newCodes.Count > 0) { EvaluateNewCodes(strings.Pool, strings.Type); }

        if (_failures.Count > 0) { ReportFailures(rows, errors); }

        Column result = ReusesResults ? _known!.Gather(rows, _last) : _known!.Gather(rows);
        ArrayPool<int>.Shared.Return(slots);
        _rowsSeen += strings.Length;
        _isDirect = _rowsSeen >= Math.Max(ObservedRows, CountedStrings(strings.Pool)) && _known.Length * 2L > _rowsSeen;
        return result;
    }

    // Where every row has a code of its own, no string comes again.
    private static int CountedStrings(StringPool pool) => pool.Deferred is { AreShared: false } ? 0 : pool.Count;

    private void FindSlots(StringColumn strings, Span<int> rows)
    {
        ReadOnlySpan<int> codes = strings.Codes;
        int slotCount = _known!.Length;
        for (int row = 0; row < codes.Length; row++)
        {
            int key = codes[row] + 1;
            if (key >= _slots.Length)
            {
                Array.Resize(ref _slots, Math.Max(Math.Max(key + 1, strings.Pool.Count + 1), _slots.Length * 2));
            }

            if (_slots[key] == 0)
            {
                _newCodes.Add(codes[row]);
                _slots[key] = ++slotCount;
            }

            rows[row] = _slots[key] - 1;
        }
    }

    private void EvaluateNewCodes(StringPool pool, DataType type)
    {
        int[] codes = [.. _newCodes];
        int nullAt = Array.IndexOf(codes, -1);
        Bitmap? validity = null;
        if (nullAt >= 0) { validity = new Bitmap(codes.Length, value: true) { [nullAt] = false }; }

        int firstSlot = _known!.Length;
        var failures = new SlotErrors(_failures, firstSlot);
        var batch = new Batch([new StringColumn(type, codes, codes.Length, pool, validity)], codes.Length);
        _results!.Append(body.Evaluate(batch, failures));
        _known = _results.View();
        _newCodes.Clear();
    }

    private void ReportFailures(ReadOnlySpan<int> rows, RowErrors errors)
    {
        for (int row = 0; row < rows.Length; row++)
        {
            if (_failures.TryGetValue(rows[row], out RowError? failure)) { errors.Report(row, failure); }
        }
    }

    private void Forget(StringPool pool)
    {
        _pool = pool;
        _results = ColumnAccumulator.Create(Type);
        _known = _results.View();
        _slots = [];
        _failures.Clear();
        _newCodes.Clear();
        _rowsSeen = 0;
        _isDirect = false;
    }

    private sealed class SlotErrors(Dictionary<int, RowError> failures, int firstSlot) : RowErrors
    {
        public override void Report(int row, RowError error) => failures[firstSlot + row] = error;
    }
}
