using System.Text;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

public sealed class LookupTests
{
    private static readonly Schema Orders = new(
        [
            new Field("id", DataType.Varchar), new Field("amount", DataType.Double),
            new Field("status", DataType.Varchar),
        ], 0);

    public static TheoryData<TableModel> Models => [TableModel.Standard, TableModel.Compact];

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_ByStringAndByUtf8_FindsTheSameRow(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders, ["grün", 1.5, "new"], ["b", 2.0, null]);

        table.TryGet("grün", out Row byString).Should().BeTrue();
        table.TryGet("grün"u8, out Row byBytes).Should().BeTrue();
        byString["amount"].Should().Be(1.5);
        byBytes.GetString(2).Should().Be("new");
        table.TryGet("x", out _).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_LongerThanTheStackBuffer_FindsTheRow(TableModel model)
    {
        string longKey = new('ü', 5000);
        ITable table = TestTable.Create(model, Orders, [longKey, 1.0, "a"]);

        table.TryGet(longKey, out _).Should().BeTrue();
        table.TryGet(new TableKey(longKey), out _).Should().BeTrue();
        table.TryGet(longKey + "x", out _).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_TextsOfAnyLength_FindsWhatADictionaryFinds(TableModel model)
    {
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 2000).Select(text => AnyText(random, text % 40)).Distinct()];
        Dictionary<string, double> expected = texts.Where((_, text) => text % 2 == 0).ToDictionary(text => text, text => (double)text.Length);
        ITable table = TestTable.Create(
            model, Orders, [.. expected.Select(pair => new object?[] { pair.Key, pair.Value, "s" }), [null, -1.0, "s"]]);

        foreach (string text in texts)
        {
            bool isFound = table.TryGet(text, out Row row);
            isFound.Should().Be(expected.TryGetValue(text, out double amount), text);
            if (isFound) { row.Get<double>(1).Should().Be(amount); }

            table.TryGet(Encoding.UTF8.GetBytes(text), out _).Should().Be(isFound, text);
            table.TryGet(new TableKey(text), out _).Should().Be(isFound, text);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_NumbersInTexts_FindsNoOtherWayToWriteThem(TableModel model)
    {
        ITable table = TestTable.Create(
            model, Orders, [.. Enumerable.Range(0, 500).Select(row => new object?[] { $"o-{row:d4}-{row * 7919:x6}", 1.0, "s" })]);

        table.TryGet("o-0042-051336", out _).Should().BeTrue();
        string[] others =
        [
            "o-42-051336", "o-00042-051336", "o-0042-51336", "o-0042-0051336", "o-0042-051336 ", "O-0042-051336", "o-0042-05133",
            "o-0042-05133\u00B6", "o-0042-05133G", "o-0042-", "o-",
        ];
        others.Should().AllSatisfy(other => table.TryGet(other, out _).Should().BeFalse());
        table.TryGet("o-0046-058ef2", out _).Should().BeTrue();
        table.TryGet("o-0046-058EF2", out _).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_NullKey_IsOneGroupAndNotTheEmptyString(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders, [null, 1.0, "a"], ["", 2.0, "b"], [null, 3.0, "c"]);

        table.RowCount.Should().Be(2);
        table.TryGet(TableKey.Null, out Row group).Should().BeTrue();
        group["status"].Should().Be("c");
        table.TryGet("", out Row empty).Should().BeTrue();
        empty["status"].Should().Be("b");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_NumberOutsideTheColumnsType_IsNotFound(TableModel model)
    {
        ITable table = TestTable.Create(model, new Schema([new Field("id", DataType.Int)], 0), [0], [7]);

        table.TryGet(7, out _).Should().BeTrue();
        table.TryGet(7 + (1L << 32), out _).Should().BeFalse();
        table.TryGet(1L << 32, out _).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_DecimalKey_IgnoresTrailingZerosOnly(TableModel model)
    {
        ITable table = TestTable.Create(model, new Schema([new Field("p", DataType.Decimal(10, 2))], 0), [1.50m]);

        table.TryGet(new TableKey(1.5m), out _).Should().BeTrue();
        table.TryGet(new TableKey(1.500m), out _).Should().BeTrue();
        table.TryGet(new TableKey(1.505m), out _).Should().BeFalse();
        table.TryGet(1, out _).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_DoubleKey_TreatsZerosAsEqualAndNansAsEqual(TableModel model)
    {
        ITable table = TestTable.Create(
            model, new Schema([new Field("d", DataType.Double)], 0), [-0.0], [0.0], [double.NaN], [-double.NaN]);

        table.RowCount.Should().Be(2);
        table.TryGet(0, out _).Should().BeTrue();
        table.TryGet(new TableKey(double.NaN), out _).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_WrongKeyType_NamesKeyColumnsAndTypes(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders, ["a", 1.0, "x"]);

        FluentActions.Invoking(() => table.TryGet(5, out _)).Should().Throw<ArgumentException>()
            .WithMessage("The key of table \"t\" is (id VARCHAR); (5) cannot be looked up in it.");
        FluentActions.Invoking(() => table.TryGet(new TableKey("a", 1), out _)).Should().Throw<ArgumentException>()
            .WithMessage("*(id VARCHAR); ('a', 1) cannot*");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_TableWithoutKey_NamesAWayOut(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders.WithKey(), ["a", 1.0, "x"]);

        FluentActions.Invoking(() => table.TryGet("a", out _)).Should().Throw<InvalidOperationException>()
            .WithMessage("Table \"t\" has no key, so its rows cannot be looked up: *PRIMARY KEY*scan it.");
        FluentActions.Invoking(() => table.TryGet(1, out _)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => table.TryGet("a"u8, out _)).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TryGet_AnyForm_AllocatesNothing(TableModel model)
    {
        ITable text = TestTable.Create(model, Orders, ["a", 1.0, "x"], ["b", 2.0, "y"]);
        ITable number = TestTable.Create(model, new Schema([new Field("id", DataType.BigInt)], 0), [1L], [2L]);
        ITable composite = TestTable.Create(model, TestTable.AllTypes.WithKey(0, 1, 7),
            ["a", 1, 2L, true, 1.0, 1m, new byte[] { 1 }, new DateOnly(2026, 1, 1), null, null, null]);
        byte[] key = Encoding.UTF8.GetBytes("b");
        int found = 0;
        void LookUp()
        {
            found += text.TryGet("a", out Row row) && row.Get<double>(1) == 1.0 && row.GetBytes(2).Length == 1 ? 1 : 0;
            found += text.TryGet(key, out _) ? 1 : 0;
            found += text.TryGet("nobody", out _) ? 1 : 0;
            found += number.TryGet(2, out _) ? 1 : 0;
            found += composite.TryGet(new TableKey("a", 1, new DateOnly(2026, 1, 1)), out _) ? 1 : 0;
        }

        LookUp();
        found.Should().Be(4);
        Allocations.Of(() => { for (int round = 0; round < 100; round++) { LookUp(); } }).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Get_OtherPhysicalType_Throws(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders, ["a", 1.0, "x"]);
        Row row = table.Rows.Single();

        FluentActions.Invoking(() => row.Get<long>(1)).Should().Throw<InvalidCastException>();
        FluentActions.Invoking(() => row.Get<long>(0)).Should().Throw<InvalidCastException>();
        FluentActions.Invoking(() => row["nothing"]).Should().Throw<ArgumentException>()
            .WithMessage("*nothing*amount*");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Scan_OfSomeColumns_GivesThoseInOrder(TableModel model)
    {
        ITable table = TestTable.Create(model, Orders, ["a", 1.0, "x"], ["b", 2.0, null]);

        Batch batch = table.Scan(new OrdinalList(2, 0)).Single();
        batch.ColumnCount.Should().Be(2);
        batch[0].GetValue(1).Should().BeNull();
        batch[1].GetValue(1).Should().Be("b");
    }

    // Mostly ASCII, and often only one character away from another.
    private static string AnyText(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        text.Fill('a');
        if (text.Length > 0) { text[random.Next(text.Length)] = (char)('a' + random.Next(26)); }

        if (text.Length > 0 && random.Next(4) == 0) { text[random.Next(text.Length)] = random.Next(2) == 0 ? 'ß' : '世'; }
    });
}
