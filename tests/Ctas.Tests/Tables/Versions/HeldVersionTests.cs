using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>Versions that readers hold while a writer and its merges go on, and what becomes of them afterwards.</summary>
public sealed class HeldVersionTests
{
    private static readonly Schema Schema = new(
        [new Field("id", DataType.BigInt), new Field("text", DataType.Varchar), new Field("n", DataType.BigInt)], 0);

    private static readonly Gen<(int Weight, int Id, int N)> AnyChange = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 150], Gen.Int[0, 1_000])
        .Select((deletion, id, n) => (deletion == 0 ? -1 : 1, id, n));

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Read_VersionsHeldWhileWriterAndMergesGoOn_EqualTheirModel(TableModel model) =>
        AnyChange.Array[1, 60].Array[20, 60].Sample(history =>
        {
            var versions = new VersionsOf(model);
            using var done = new CancellationTokenSource();
            Task[] readers = [.. Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
            {
                var random = new Random(seed);
                while (!done.IsCancellationRequested) { versions.CheckOne(random); }
            }))];

            foreach ((int, int, int)[] changes in history) { versions.Publish(changes); }

            done.Cancel();
            Task.WaitAll(readers);
            versions.CheckAll();
        }, iter: 25, threads: 1);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Publish_VersionsThatNobodyHolds_AreFreed(TableModel model)
    {
        TableWriter writer = TableWriter.Create(model, "t", Schema, new WriterOptions { OpenRows = 64, MaxHistoryChanges = 50 });
        WeakReference[] versions = PublishMany(writer, count: 60);
        StrongBox<ITable?> held = Hold(writer);
        WeakReference[] later = PublishMany(writer, count: 60);

        AreFreed(versions[..50]).Should().BeTrue("nobody reads them");
        AreFreed(later[..50]).Should().BeTrue("an older version that is held does not keep newer ones");
        WeakReference last = ReadAndLetGo(held);
        AreFreed(last).Should().BeTrue("its last reader is gone");
        GC.KeepAlive(writer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ReadAndLetGo(StrongBox<ITable?> held)
    {
        ITable version = held.Value!;
        version.Rows.Select(row => row.Get<long>(2)).Should().OnlyContain(n => n == 59).And.HaveCount(200);
        held.Value = null;
        return new WeakReference(version);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrongBox<ITable?> Hold(TableWriter writer) => new(writer.Current);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] PublishMany(TableWriter writer, int count) => [.. Enumerable.Range(0, count).Select(tick =>
    {
        object?[][] rows = [.. Enumerable.Range(0, 200).Select(id => (object?[])[(long)id, $"text {tick} of {id}", (long)tick])];
        writer.Apply(new ChangeBatch(TestTable.Batch(Schema, rows)));
        return new WeakReference(writer.Publish());
    })];

    // A merge that was begun for one of them may still run.
    private static bool AreFreed(params WeakReference[] versions) => SpinWait.SpinUntil(
        () =>
        {
            GC.Collect();
            return versions.All(version => !version.IsAlive);
        },
        TimeSpan.FromMinutes(2));

    /// <summary>One writer, and every version that it published with the rows that it has to have.</summary>
    private sealed class VersionsOf
    {
        private readonly TableWriter _writer;
        private ImmutableList<(ITable Version, ImmutableDictionary<long, (string Text, long N)> Rows)> _versions;

        public VersionsOf(TableModel model)
        {
            // So many rows that some lie in encoded segments, and so few open ones that merges never end.
            var rows = Enumerable.Range(0, 120).ToImmutableDictionary(id => (long)id, id => ($"text {id}", (long)id));
            ITable loaded = TestTable.Create(model, Schema, [.. rows.Select(row => RowOf(row.Key, row.Value.Item1, row.Value.Item2))]);
            _writer = TableWriter.Continue(loaded, new WriterOptions { OpenRows = 8 });
            _versions = [(loaded, rows)];
        }

        public void Publish((int Weight, int Id, int N)[] changes)
        {
            ImmutableDictionary<long, (string Text, long N)> rows = _versions[^1].Rows;
            foreach ((int weight, int id, int n) in changes) { rows = weight > 0 ? rows.SetItem(id, ($"text {n}", n)) : rows.Remove(id); }

            _writer.Apply(new ChangeBatch(
                TestTable.Batch(Schema, [.. changes.Select(change => RowOf(change.Id, $"text {change.N}", change.N))]),
                Selection: null,
                [.. changes.Select(change => change.Weight)]));
            Table version = _writer.Publish();
            Volatile.Write(ref _versions, _versions.Add((version, rows)));
        }

        public void CheckOne(Random random)
        {
            var versions = Volatile.Read(ref _versions);
            Check(versions[random.Next(versions.Count)], random.Next(150));
        }

        public void CheckAll() => _versions.ForEach(version => Check(version, id: 7));

        private static void Check((ITable Version, ImmutableDictionary<long, (string Text, long N)> Rows) held, long id)
        {
            held.Version.RowCount.Should().Be(held.Rows.Count);
            int seen = 0;
            foreach (Row row in held.Version.Rows)
            {
                bool isRight = held.Rows.TryGetValue(row.Get<long>(0), out (string Text, long N) wanted)
                    && (row.GetString(1), row.Get<long>(2)) == wanted;
                if (!isRight) { Assert.Fail($"Version {held.Version.Version} gives {row}, which is {wanted} in it."); }

                seen++;
            }

            seen.Should().Be(held.Rows.Count, "no row comes twice, and none is missing");
            held.Version.Scan(new OrdinalList(2)).Sum(batch => batch.RowCount).Should().Be(held.Rows.Count);
            bool isFound = held.Version.TryGet(id, out Row found);
            isFound.Should().Be(held.Rows.ContainsKey(id));
            if (isFound) { (found.GetString(1), found.Get<long>(2)).Should().Be(held.Rows[id]); }
        }

        private static object?[] RowOf(long id, string text, long n) => [id, text, n];
    }
}
