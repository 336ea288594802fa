using Ctas.Data;
using Ctas.Loading;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.Tests.Loading;

public sealed class TableSnapshotsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-snapshots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Read_SnapshotThatWasReplacedSinceItWasDecidedFor_IsNotTaken(TableModel model)
    {
        var snapshots = new TableSnapshots(
            new SnapshotOptions(_folder), SourceCatalog.Files, TimeProvider.System, NullLoggerFactory.Instance);
        Store(model, rows: 1);
        SnapshotHeader decided = snapshots.Find("t", "definition", isOn: true).Snapshot!;
        snapshots.ReadRows(decided, 1, CancellationToken.None).Sum(batch => batch.RowCount).Should().Be(1);

        // Another process has stored what it read, which is further on than the offsets that were decided by.
        Store(model, rows: 2);

        snapshots.Invoking(of => of.ReadRows(decided, 1, CancellationToken.None)).Should().Throw<NotContinuedException>()
            .WithMessage("the stored snapshot was replaced meanwhile");
    }

    private void Store(TableModel model, int rows)
    {
        using var builder = TableBuilder.Create(model, "t", new Schema([new Field("n", DataType.BigInt)]));
        builder.Append(new ChangeBatch(new Batch([new FixedColumn<long>(DataType.BigInt, new long[rows], rows)], rows)));
        ITable table = builder.Complete();
        new SnapshotStore(_folder).Write(
            new SnapshotHeader("t", "definition", table.Schema, table.RowCount, Guid.NewGuid()), table, CancellationToken.None);
    }
}
