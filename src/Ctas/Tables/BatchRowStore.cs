using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Rows kept in the batches they came in, by number. Immutable.</summary>
internal sealed class BatchRowStore : RowStore
{
    private const int PageBits = 10;

    private readonly Schema _schema;
    private readonly int[] _starts;

    // Batch of the first row of every page of 1,024 rows: the batch of any row is that one or one soon after.
    private readonly int[] _pages;

    /// <summary>Takes over batches; the strings of a column lie in one pool.</summary>
    public BatchRowStore(Schema schema, IReadOnlyList<Batch> batches)
    {
        _schema = schema;
        Batches = batches;
        _starts = new int[batches.Count + 1];
        for (int batch = 0; batch < batches.Count; batch++)
        {
            _starts[batch + 1] = _starts[batch] + batches[batch].RowCount;
        }

        _pages = new int[(RowCount >> PageBits) + 1];
        for (int page = 0, batch = 0; page < _pages.Length; page++)
        {
            while (batch + 1 < batches.Count && _starts[batch + 1] <= page << PageBits) { batch++; }

            _pages[page] = batch;
        }
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<Batch> Batches { get; }

    /// <summary>Number of rows.</summary>
    public int RowCount => _starts[^1];

    /// <summary>Bytes of the columns.</summary>
    public long ColumnBytes
    {
        get
        {
            long bytes = _pages.Length * 4L;
            foreach (Batch batch in Batches)
            {
                foreach (Column column in batch.Columns) { bytes += column.SizeInBytes; }
            }

            return bytes;
        }
    }

    public override int ColumnCount => _schema.Fields.Count;

    public override Schema Schema => _schema;

    /// <summary>The strings of a column, null for one of another type.</summary>
    public StringPool? PoolOf(int ordinal) =>
        Batches.Count == 0 ? null : (Batches[0][ordinal] as StringColumn)?.Pool;

    /// <summary>The batch of a row and its row index there.</summary>
    public (Batch Batch, int Row) Locate(int row)
    {
        Batch batch = BatchOf(ref row);
        return (batch, row);
    }

    internal override DataType TypeOf(int ordinal) => _schema.Fields[ordinal].Type;

    internal override bool IsNull(int row, int ordinal) => BatchOf(ref row).IsNull(row, ordinal);

    internal override long GetInt64(int row, int ordinal) => BatchOf(ref row).GetInt64(row, ordinal);

    internal override double GetDouble(int row, int ordinal) => BatchOf(ref row).GetDouble(row, ordinal);

    internal override Int128 GetInt128(int row, int ordinal) => BatchOf(ref row).GetInt128(row, ordinal);

    internal override Interval GetInterval(int row, int ordinal) => BatchOf(ref row).GetInterval(row, ordinal);

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal) => BatchOf(ref row).GetBytes(row, ordinal);

    private Batch BatchOf(ref int row)
    {
        int batch = _pages[row >> PageBits];
        while (_starts[batch + 1] <= row) { batch++; }

        row -= _starts[batch];
        return Batches[batch];
    }
}
