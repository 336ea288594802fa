using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>The versions of a changing table, with its key and random indexes, in which joins look rows up.</summary>
internal sealed class VersionedTable
{
    private readonly TableWriter _writer;

    public VersionedTable(OracleTable table, Random random)
    {
        _writer = TableWriter.Create(random.Next(2) == 0 ? TableModel.Standard : TableModel.Compact, table.Name, table.Schema);
        for (int ordinal = 0; ordinal < table.Columns.Count; ordinal++)
        {
            DataType type = table.Columns[ordinal].Type;
            if (type.IsNested || type.Kind == DataTypeKind.Interval || random.Next(3) == 0) { continue; }

            _writer.Current.AddIndex(new IndexDefinition(new OrdinalList(ordinal), random.Next(2) == 0 ? IndexKind.Ordered : IndexKind.Hash));
        }
    }

    /// <summary>The version that shows all ticks kept so far.</summary>
    public Table Current => _writer.Current;

    /// <summary>Makes the version that shows one more tick.</summary>
    public void Keep(IEnumerable<ChangeBatch> changes)
    {
        foreach (ChangeBatch batch in changes) { _writer.Apply(batch); }

        _writer.Publish();
    }
}
