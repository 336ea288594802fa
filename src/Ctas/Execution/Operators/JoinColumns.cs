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

    /// <summary>Rows of the result.</summary>
    /// <param name="pairs">The rows that are joined.</param>
    /// <param name="kept">The right rows.</param>
    /// <param name="memory">Of what the columns are made; lent ones take <see cref="GiveBack"/>.</param>
    public Batch Gather(JoinedRows pairs, JoinIndex kept, ColumnMemory memory)
    {
        Column[]? right = kept.Interleaved?.Gather(pairs.RightRows, memory);
        var columns = new Column[_isRead.Length];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            if (!_isRead[ordinal]) { columns[ordinal] = _unread.Of(ordinal, pairs.Count); }
            else if (ordinal >= _leftCount)
            {
                int place = _rightPlaces[ordinal - _leftCount];
                columns[ordinal] = right is null ? kept.Rows[place].Gather(pairs.RightRows, memory) : right[place];
            }
            else { columns[ordinal] = pairs.IsAllLeft ? pairs.Left[ordinal] : pairs.Left[ordinal].Gather(pairs.LeftRows, memory); }
        }

        return new Batch(columns, pairs.Count);
    }

    /// <summary>Gives back what was gathered, which nobody reads any more; left columns that went on as they were are not.</summary>
    public void GiveBack(Batch gathered, bool isAllLeft)
    {
        for (int ordinal = isAllLeft ? _leftCount : 0; ordinal < _isRead.Length; ordinal++) { gathered[ordinal].GiveBack(); }
    }
}

/// <summary>Rows of two sides that are joined, pair by pair.</summary>
/// <param name="left">The batch of the left ones.</param>
/// <param name="leftRows">Their rows in it; means nothing when these are all, in their order.</param>
/// <param name="isAllLeft">True when they are.</param>
/// <param name="rightRows">The right ones, as the index numbers them.</param>
internal readonly ref struct JoinedRows(Batch left, ReadOnlySpan<int> leftRows, bool isAllLeft, ReadOnlySpan<int> rightRows)
{
    /// <summary>The batch of the left rows.</summary>
    public Batch Left { get; } = left;

    /// <summary>The left rows, unless <see cref="IsAllLeft"/>.</summary>
    public ReadOnlySpan<int> LeftRows { get; } = leftRows;

    /// <summary>True when the left rows are those of the batch in their order.</summary>
    public bool IsAllLeft { get; } = isAllLeft;

    /// <summary>The right rows.</summary>
    public ReadOnlySpan<int> RightRows { get; } = rightRows;

    /// <summary>How many pairs.</summary>
    public int Count => RightRows.Length;
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
        // Batches are mostly of one size.
        if (_columns[ordinal] is not { } known || known.Length != count)
        {
            known = Make(schema.Fields[ordinal].Type, count);
            _columns[ordinal] = known;
        }

        return known;
    }

    private static Column Make(DataType type, int count) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => Fixed<bool>(type, count),
        PhysicalType.Int32 => Fixed<int>(type, count),
        PhysicalType.Int64 => Fixed<long>(type, count),
        PhysicalType.Double => Fixed<double>(type, count),
        PhysicalType.Int128 => Fixed<Int128>(type, count),
        PhysicalType.Interval => Fixed<Interval>(type, count),
        _ => new StringColumn(type, new SameValues<int>(-1, count), count, new StringPool(isInterned: false), validity: null),
    };

    private static FixedColumn<T> Fixed<T>(DataType type, int count)
        where T : unmanaged => new(type, new SameValues<T>(default, count), count, validity: null);

    // Made only for who copies rows without looking at them.
    private sealed class SameValues<T>(T value, int count) : DeferredValues<T>
        where T : unmanaged
    {
        private protected override FixedColumn<T> Decode()
        {
            T[] values = ColumnMemory.Lent.Allocate<T>(count);
            values.AsSpan(0, count).Fill(value);
            return ColumnMemory.Lent.Column(DataType.Int, values, count);
        }
    }
}
