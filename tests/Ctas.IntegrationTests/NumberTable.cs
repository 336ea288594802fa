using System.Diagnostics.CodeAnalysis;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.IntegrationTests;

/// <summary>A host's own table, the numbers [0, n): shows what the registry does with a table it is given.</summary>
internal sealed class NumberTable(string name, int rowCount, long bytes = 1_000) : ITable, IDisposable
{
    private readonly Batch _rows = NumbersUpTo(rowCount);

    public bool IsDisposed { get; private set; }

    public string Name => name;

    public Schema Schema { get; } = new([new Field("n", DataType.BigInt)], 0);

    public TableModel Model => TableModel.Compact;

    public long RowCount => rowCount;

    public TableMemory Memory => new(bytes, 0, 0, 0);

    public long Version => 1;

    public IEnumerable<Row> Rows => Enumerable.Range(0, rowCount).Select(_rows.GetRow);

    public bool TryGet(long key, out Row row)
    {
        bool isThere = key >= 0 && key < rowCount;
        row = isThere ? _rows.GetRow((int)key) : default;
        return isThere;
    }

    public bool TryGet(string key, out Row row) => throw new ArgumentException("The key is a number.");

    public bool TryGet(ReadOnlySpan<byte> utf8Key, out Row row) => throw new ArgumentException("The key is a number.");

    public bool TryGet(in TableKey key, out Row row) => throw new ArgumentException("The key is a number.");

    public IEnumerable<Batch> Scan(OrdinalList? columns = null) => [_rows];

    public Func<Row, T> GetMapper<[DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        throw new NotSupportedException();

    public void Dispose() => IsDisposed = true;

    private static Batch NumbersUpTo(int rowCount)
    {
        var builder = new FixedColumnBuilder<long>(DataType.BigInt);
        for (int n = 0; n < rowCount; n++) { builder.Append(n); }

        return new Batch([builder.Finish()], rowCount);
    }
}
