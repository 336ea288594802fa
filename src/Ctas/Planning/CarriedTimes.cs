using Ctas.Binding;

namespace Ctas.Planning;

/// <summary>
/// Which streams carry their event time on: those that a statement with a window, WITHIN or ROWTIME reads, and those that one
/// of these reads. In ksqlDB every stream has it; here it is a column, so that only a stream whose time is asked for pays for it.
/// </summary>
internal static class CarriedTimes
{
    /// <summary>The same statements, the streams among them marked whose time others ask for.</summary>
    public static IReadOnlyList<BoundStatement> Mark(IReadOnlyList<BoundStatement> statements)
    {
        TableStatement[] tables = [.. statements.OfType<BoundCreateTable>().Select(statement => statement.Table)];
        ILookup<string, TableStatement> streams =
            tables.Where(table => table.IsStream).ToLookup(table => table.Name, StringComparer.OrdinalIgnoreCase);
        var carrying = new HashSet<TableStatement>(ReferenceEqualityComparer.Instance);
        var asking = new Stack<TableStatement>(tables.Where(table => table.ReadsEventTime));
        while (asking.TryPop(out TableStatement? reader))
        {
            foreach (TableStatement stream in reader.References.Where(read => !read.IsLocation).SelectMany(read => streams[read.Name]))
            {
                if (carrying.Add(stream)) { asking.Push(stream); }
            }
        }

        return
        [
            .. statements.Select(statement => statement is BoundCreateTable create && carrying.Contains(create.Table)
                ? create with { Table = create.Table with { CarriesRowTime = true } }
                : statement),
        ];
    }
}
