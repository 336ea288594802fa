using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Which columns of a join's result somebody reads; the others are neither kept nor gathered.</summary>
internal sealed class JoinColumns
{
    private readonly bool[] _isRead;
    private readonly int _leftCount;
    private readonly UnreadColumns _unread;

    // Place of each right column among those kept; −1 for one that is not.
    private readonly int[] _rightPlaces;

    /// <summary>Takes the columns that are read; null: all.</summary>
    public JoinColumns(LogicalJoin plan, bool[]? isRead)
    {
        _isRead = isRead ?? [.. plan.Schema.Fields.Select(_ => true)];
        _leftCount = plan.Left.Schema.Fields.Count;
        _unread = new UnreadColumns(plan.Schema);

        // A further condition reads the rows kept by their own ordinals.
        Kept = [.. Enumerable.Range(0, plan.Right.Schema.Fields.Count)
            .Where(ordinal => plan.Residual is not null || _isRead[_leftCount + ordinal])];
        _rightPlaces = new int[plan.Right.Schema.Fields.Count];
        for (int ordinal = 0; ordinal < _rightPlaces.Length; ordinal++)
        {
            _rightPlaces[ordinal] = Array.IndexOf(Kept, ordinal);
        }
    }

    private JoinColumns(JoinColumns shared)
    {
        _isRead = shared._isRead;
        _leftCount = shared._leftCount;
        _rightPlaces = shared._rightPlaces;
        _unread = new UnreadColumns(shared._unread.Schema);
        Kept = shared.Kept;
    }

    /// <summary>Ordinals of the right columns that are kept.</summary>
    public int[] Kept { get; }

    /// <summary>The same columns, for another thread.</summary>
    public JoinColumns OfLane() => new(this);

    /// <summary>Rows of the result: of each pair the left row (all in their order when null) and the kept right one.</summary>
    public Batch Gather(Batch left, ReadOnlySpan<int> leftRows, bool isAllLeft, JoinIndex kept, ReadOnlySpan<int> rightRows)
    {
        Column[]? right = kept.Interleaved?.Gather(rightRows);
        var columns = new Column[_isRead.Length];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            if (!_isRead[ordinal]) { columns[ordinal] = _unread.Of(ordinal, rightRows.Length); }
            else if (ordinal >= _leftCount)
            {
                int place = _rightPlaces[ordinal - _leftCount];
                columns[ordinal] = right is null ? kept.Rows[place].Gather(rightRows) : right[place];
            }
            else { columns[ordinal] = isAllLeft ? left[ordinal] : left[ordinal].Gather(leftRows); }
        }

        return new Batch(columns, rightRows.Length);
    }
}

/// <summary>Stands in for columns that nobody reads. Single-threaded.</summary>
internal sealed class UnreadColumns(Schema schema)
{
    private readonly Column?[] _columns = new Column?[schema.Fields.Count];

    /// <summary>The columns stood in for.</summary>
    public Schema Schema => schema;

    /// <summary>So many rows of a column, whose values mean nothing.</summary>
    public Column Of(int ordinal, int count)
    {
        Column? known = _columns[ordinal];
        if (known is null || known.Length < count)
        {
            known = Make(schema.Fields[ordinal].Type, count);
            _columns[ordinal] = known;
        }

        return known.Length == count ? known : known.Slice(0, count);
    }

    private static Column Make(DataType type, int count) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => new FixedColumn<bool>(type, new bool[count], count),
        PhysicalType.Int32 => new FixedColumn<int>(type, new int[count], count),
        PhysicalType.Int64 => new FixedColumn<long>(type, new long[count], count),
        PhysicalType.Double => new FixedColumn<double>(type, new double[count], count),
        PhysicalType.Int128 => new FixedColumn<Int128>(type, new Int128[count], count),
        PhysicalType.Interval => new FixedColumn<Interval>(type, new Interval[count], count),
        _ => new StringColumn(type, new int[count], count, new StringPool(isInterned: false)),
    };
}
