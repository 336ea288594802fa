using System.Diagnostics;
using Ctas.Cli.Display;
using Ctas.Data;

namespace Ctas.Cli.Results;

/// <summary>Prints the changes of a query that is followed, moment after moment. Single-threaded.</summary>
/// <remarks>JSON and CSV have two columns more in front: <c>$version</c>, and <c>$weight</c>, which is 1 or -1.</remarks>
internal abstract class ChangeWriter
{
    /// <summary>Prints one moment; all of it has left this writer when the call returns.</summary>
    public abstract void Write(QueryChanges changes);

    /// <summary>A writer to standard output.</summary>
    public static ChangeWriter Create(ResultFormat format, Terminal terminal) => format switch
    {
        ResultFormat.Table => new Lines(terminal.Output),
        ResultFormat.Json => new Rows(new JsonResultWriter(terminal.Output)),
        ResultFormat.Csv => new Rows(new CsvResultWriter(terminal.Output) { IsOneResult = true }),
        _ => throw new UnreachableException($"No writer for {format}."),
    };

    /// <summary>A line a change, which begins with <c>+</c> or <c>-</c>, below a line of column names.</summary>
    private sealed class Lines(TextWriter output) : ChangeWriter
    {
        public override void Write(QueryChanges changes)
        {
            if (changes.IsSnapshot) { output.WriteLine("  " + Line(changes.Schema.Fields.Select(field => field.Name))); }

            foreach (ChangeBatch batch in changes.Batches)
            {
                for (int row = 0; row < batch.Rows.RowCount; row++)
                {
                    IEnumerable<string> values = batch.Rows.Columns.ToArray()
                        .Select(column => column.IsNull(row) ? "NULL" : ValueText.Of(column, row));
                    output.WriteLine((batch.Weights?[row] is < 0 ? "- " : "+ ") + Line(values));
                }
            }

            output.Flush();
        }

        private static string Line(IEnumerable<string> texts) => PlainText.OneLine(string.Join(" | ", texts));
    }

    /// <summary>Changes as rows with two columns more.</summary>
    private sealed class Rows(IResultWriter writer) : ChangeWriter
    {
        public override void Write(QueryChanges changes) => writer.Write(new QueryResult(
            new Schema([new Field("$version", DataType.BigInt), new Field("$weight", DataType.Int), .. changes.Schema.Fields]),
            [.. changes.Batches.Select(batch => WithVersion(batch, changes.Version))],
            TimeSpan.Zero));

        private static Batch WithVersion(ChangeBatch changes, long version)
        {
            int rows = changes.Rows.RowCount;
            var versions = new long[rows];
            Array.Fill(versions, version);
            int[] weights = changes.Weights ?? [.. Enumerable.Repeat(1, rows)];
            return new Batch(
                [
                    new FixedColumn<long>(DataType.BigInt, versions, rows), new FixedColumn<int>(DataType.Int, weights, rows),
                    .. changes.Rows.Columns,
                ],
                rows);
        }
    }
}
