using System.Text;
using CsCheck;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Tests.Data.Nested;

public sealed class NestedValueTests
{
    private static readonly DataType[] Scalars =
    [
        DataType.Boolean, DataType.Int, DataType.BigInt, DataType.Double, DataType.Decimal(20, 3), DataType.Varchar,
        DataType.Bytes, DataType.Date, DataType.Time, DataType.Timestamp, DataType.Interval,
    ];

    [Fact]
    public void Box_AnyValueOfAnyType_IsTheValueWritten() => Typed.Sample((type, value, _) =>
    {
        ValueShape shape = ValueShape.Of(type);
        byte[] bytes = Encode(shape, value);
        NestedBoxing.Box(shape, bytes).Should().BeEquivalentTo(Normal(type, value), o => o.WithStrictOrdering());
    });

    [Fact]
    public void Encode_TwoValues_AreEqualBytesExactlyWhenTheValuesAreEqual() => Typed.Sample((type, left, right) =>
    {
        ValueShape shape = ValueShape.Of(type);
        bool areEqual = Show(Normal(type, left)) == Show(Normal(type, right));
        Encode(shape, left).AsSpan().SequenceEqual(Encode(shape, right)).Should().Be(areEqual);
    });

    public static TheoryData<DataType, object, object> AlikeValues => new()
    {
        { DataType.Array(DataType.Varchar), Array.Empty<object?>(), new object?[] { "" } },
        { DataType.Array(DataType.Bytes), Array.Empty<object?>(), new object?[] { Array.Empty<byte>() } },
        { DataType.Array(DataType.Varchar), new object?[] { "NULL" }, new object?[] { null } },
        { DataType.Array(DataType.Time), new object?[] { new TimeOnly(7, 8, 9) }, new object?[] { new TimeOnly(7, 8, 10) } },
        { DataType.Array(DataType.Interval), new object?[] { new Interval(1, 0, 0) }, new object?[] { new Interval(0, 30, 0) } },
    };

    [Theory]
    [MemberData(nameof(AlikeValues))]
    public void Encode_ValuesThatAreAlmostAlike_AreOtherBytes(DataType type, object left, object right)
    {
        ValueShape shape = ValueShape.Of(type);
        Show(Normal(type, left)).Should().NotBe(Show(Normal(type, right)));
        Encode(shape, left).Should().NotEqual(Encode(shape, right));
    }

    [Fact]
    public void Compare_TwoValues_IsAntisymmetricAndZeroExactlyForEqualBytes() => Typed.Sample((type, left, right) =>
    {
        ValueShape shape = ValueShape.Of(type);
        byte[] leftBytes = Encode(shape, left);
        byte[] rightBytes = Encode(shape, right);
        int order = NestedOrder.Compare(shape, leftBytes, rightBytes);
        Math.Sign(order).Should().Be(-Math.Sign(NestedOrder.Compare(shape, rightBytes, leftBytes)));
        (order == 0).Should().Be(leftBytes.AsSpan().SequenceEqual(rightBytes));
    });

    [Fact]
    public void Encode_MapInAnotherOrder_IsTheSameBytes()
    {
        ValueShape shape = ValueShape.Of(DataType.Map(DataType.Varchar, DataType.Int));
        byte[] ascending = Encode(shape, new Dictionary<object, object?> { ["a"] = 1, ["b"] = null, ["ä"] = 3 });
        byte[] descending = Encode(shape, new Dictionary<object, object?> { ["ä"] = 3, ["b"] = null, ["a"] = 1 });
        ascending.Should().Equal(descending);
    }

    [Fact]
    public void Encode_MapWithAKeyTwice_KeepsTheLastEntry()
    {
        ValueShape shape = ValueShape.Of(DataType.Map(DataType.Int, DataType.Varchar));
        var writer = new NestedValueWriter();
        writer.Begin(shape);
        foreach ((int key, string value) in new[] { (2, "x"), (1, "y"), (2, "z") })
        {
            writer.WriteInt64(key);
            writer.WriteBytes(Encoding.UTF8.GetBytes(value));
        }

        writer.End();
        Show(NestedBoxing.Box(shape, writer.Written)).Should().Be("{1:'y',2:'z'}");
    }

    [Fact]
    public void Encode_DoublesThatAreEqualInSql_AreTheSameBytes()
    {
        ValueShape shape = ValueShape.Of(DataType.Array(DataType.Double));
        double otherNaN = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0001);
        Encode(shape, new object?[] { -0.0, double.NaN }).Should().Equal(Encode(shape, new object?[] { 0.0, otherNaN }));
    }

    [Fact]
    public void Find_EveryKeyAndOthers_GivesItsEntryOrNone()
    {
        ValueShape shape = ValueShape.Of(DataType.Map(DataType.Varchar, DataType.Int));
        Dictionary<object, object?> entries =
            Enumerable.Range(0, 50).ToDictionary(i => (object)$"key {i * 7 % 50}", i => (object?)(i * 7 % 50));
        var map = new MapValue(shape, Encode(shape, entries));
        foreach ((object key, object? value) in entries)
        {
            int entry = map.Find(Encoding.UTF8.GetBytes((string)key));
            NestedScalar.ReadInt64(map.Values[entry]).Should().Be((int)value!);
        }

        map.Find("key 50"u8).Should().Be(-1);
        map.Find(""u8).Should().Be(-1);
    }

    [Fact]
    public void SelectField_FieldsInAnyOrderAndTwice_KeepsTheLastAndFillsTheRestWithNull()
    {
        DataType type = DataType.Struct(
            [new("a", DataType.Varchar), new("b", DataType.Int), new("c", DataType.Varchar), new("d", DataType.Int)]);
        ValueShape shape = ValueShape.Of(type);
        var writer = new NestedValueWriter();
        writer.Begin(shape);
        writer.SelectField(2);
        writer.WriteBytes("first"u8);
        writer.SelectField(0);
        writer.WriteBytes("x"u8);
        writer.SelectField(2);
        writer.WriteBytes("second"u8);
        writer.SelectField(3);
        writer.WriteInt64(7);
        writer.End();
        Show(NestedBoxing.Box(shape, writer.Written)).Should().Be("{'a':'x','b':NULL,'c':'second','d':7}");
    }

    [Theory]
    [InlineData("[1,2]", "[1,3]")]
    [InlineData("[1]", "[1,0]")]
    [InlineData("[]", "[null]")]
    [InlineData("[9]", "[null]")]
    [InlineData("[-5]", "[3]")]
    public void Compare_Arrays_GoesElementByElementWithNullsLast(string less, string greater)
    {
        ValueShape shape = ValueShape.Of(DataType.Array(DataType.Int));
        static object?[] Parse(string json) =>
            [.. System.Text.Json.JsonSerializer.Deserialize<int?[]>(json)!.Select(item => (object?)item)];
        NestedOrder.Compare(shape, Encode(shape, Parse(less)), Encode(shape, Parse(greater))).Should().BeNegative();
    }

    [Fact]
    public void Write_EveryType_GivesJsonText()
    {
        DataType type = DataType.Struct(
        [
            new("list", DataType.Array(DataType.Double)),
            new("by \"key\"", DataType.Map(DataType.Date, DataType.Boolean)),
            new("text", DataType.Varchar),
            new("exact", DataType.Decimal(10, 2)),
            new("bytes", DataType.Bytes),
            new("time", DataType.Time),
            new("moment", DataType.Timestamp),
            new("span", DataType.Interval),
            new("nothing", DataType.Int),
        ]);
        ValueShape shape = ValueShape.Of(type);
        object?[] value =
        [
            new object?[] { 1.5, null, double.NaN },
            new Dictionary<object, object?> { [new DateOnly(2024, 2, 29)] = true },
            "ü'\"\n",
            -1.50m,
            new byte[] { 1, 2 },
            new TimeOnly(7, 8, 9, 500),
            new DateTime(2024, 2, 29, 7, 8, 9, DateTimeKind.Utc),
            new Interval(14, 3, -1_500_000),
            null,
        ];
        var json = new NestedJson();
        Encoding.UTF8.GetString(json.Write(shape, Encode(shape, value))).Should().Be(
            """{"list":[1.5,null,"NaN"],"by \"key\"":{"2024-02-29":true},"text":"ü'\"\n","exact":-1.50,"""
            + """ "bytes":"AQI=","time":"07:08:09.5","moment":"2024-02-29T07:08:09Z","span":"P1Y2M3DT-1.5S","nothing":null}"""[1..]);
    }

    [Fact]
    public void Read_JsonTextOfAnyValueOfAnyType_GivesTheSameBytes() => Typed.Sample((type, value, _) =>
    {
        ValueShape shape = ValueShape.Of(type);
        byte[] bytes = Encode(shape, value);
        var reader = new NestedJsonReader(shape);
        reader.Read(new NestedJson().Write(shape, bytes), out bool isNull).Should().BeNull();
        isNull.Should().BeFalse();
        reader.Written.ToArray().Should().Equal(bytes);
    });

    [Fact]
    public void Convert_ValueOfAnInferredTypeToAWiderOne_EqualsReadingItAsTheWiderOne() =>
        Gen.Select(Json(3), Json(3)).Sample((first, second) =>
        {
            byte[] text = Encoding.UTF8.GetBytes($"[{first}]");
            DataType narrow = JsonTypes.Of(text);
            DataType wide = JsonTypes.Common(narrow, JsonTypes.Of(Encoding.UTF8.GetBytes($"[{second}]")));

            // Kinds that do not mix become text, and text forgets which fields were missing.
            if (wide.ToString().Contains("VARCHAR", StringComparison.Ordinal)) { return; }

            var pool = new StringPool(isInterned: true);
            var read = new StringColumn(narrow, [pool.Add(ReadJson(narrow, text))], 1, pool);
            NestedWidening.Convert(read, wide, new StringPool(isInterned: true)).GetBytes(0).ToArray()
                .Should().Equal(ReadJson(wide, text), "of {0} as {1}", first, wide);
        });

    private static byte[] ReadJson(DataType type, byte[] json)
    {
        var reader = new NestedJsonReader(ValueShape.Of(type)) { IsExact = true };
        reader.Read(json, out _).Should().BeNull();
        return reader.Written.ToArray();
    }

    private static Gen<string> Json(int depth)
    {
        Gen<string> scalar = OneOf("null", "1", "-7", "3000000000", "1.5", "1e3");
        if (depth == 0) { return scalar; }

        return Gen.OneOf(
            scalar,
            Json(depth - 1).Array[0, 3].Select(items => $"[{string.Join(",", items)}]"),
            Gen.Select(OneOf("a", "b", "c", "d"), Json(depth - 1)).Array[0, 3].Select(fields =>
                $"{{{string.Join(",", fields.DistinctBy(field => field.Item1).Select(f => $"\"{f.Item1}\":{f.Item2}"))}}}"));
    }

    private static byte[] Encode(ValueShape shape, object value) =>
        NestedUnboxing.Write(new NestedValueWriter(), shape, value).ToArray();

    // A random nested type and two values of it, which are often alike.
    private static Gen<(DataType Type, object Left, object Right)> Typed { get; } =
        from type in Nested(depth: 3)
        from left in Values(type)
        from right in Gen.OneOf(Values(type), Gen.Const(left))
        select (type, left, right);

    private static Gen<DataType> Nested(int depth) => Gen.OneOf(
        Any(depth - 1).Select(DataType.Array),
        Gen.Select(OneOf(DataType.Varchar, DataType.Int), Any(depth - 1), DataType.Map),
        Any(depth - 1).Array[1, 4].Select(types => DataType.Struct(types.Select((type, i) => new Field($"f{i}", type)))));

    private static Gen<DataType> Any(int depth) =>
        depth <= 0 ? OneOf(Scalars) : Gen.OneOf(OneOf(Scalars), Nested(depth));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<object?> Nullable(DataType type) =>
        Gen.Frequency((1, Gen.Const((object?)null)), (4, Values(type).Select(value => (object?)value)));

    private static Gen<object> Values(DataType type) => type.Kind switch
    {
        DataTypeKind.Boolean => Gen.Bool.Select(value => (object)value),
        DataTypeKind.Int => Gen.Int[-2, 2].Select(value => (object)value),
        DataTypeKind.BigInt => Gen.Long.Select(value => (object)value),
        DataTypeKind.Double => OneOf<object>(0.0, -0.0, double.NaN, 1.5, double.NegativeInfinity),
        DataTypeKind.Decimal => Gen.Int.Select(value => (object)(value / 1000m)),
        DataTypeKind.Varchar => Gen.String[OneOf('a', 'ä', '"'), 0, 3].Select(value => (object)value),
        DataTypeKind.Bytes => Gen.Byte.Array[0, 3].Select(value => (object)value),
        DataTypeKind.Date => Gen.DateOnly.Select(value => (object)value),
        DataTypeKind.Time => Gen.Int[0, 86_399].Select(value => (object)new TimeOnly(value * TimeSpan.TicksPerSecond)),
        DataTypeKind.Timestamp => Gen.Int.Select(value => (object)DateTime.UnixEpoch.AddSeconds(value)),
        DataTypeKind.Interval => Gen.Int[-40, 40].Array[3].Select(p => (object)new Interval(p[0], p[1], p[2])),
        DataTypeKind.Array => Nullable(type.Element!).Array[0, 5].Select(items => (object)items),
        DataTypeKind.Map => Gen.Select(Values(type.Key!), Nullable(type.Element!)).Array[0, 5].Select(entries =>
            (object)entries.DistinctBy(entry => entry.Item1).ToDictionary(entry => entry.Item1, entry => entry.Item2)),
        _ => type.Fields.Aggregate(
            Gen.Const(Array.Empty<object?>()),
            (all, field) => Gen.Select(all, Nullable(field.Type), (values, value) => (object?[])[.. values, value]))
            .Select(values => (object)values),
    };

    /// <summary>The value as reading gives it: maps sorted, structs by name, doubles in one form.</summary>
    private static object? Normal(DataType type, object? value) => type.Kind switch
    {
        _ when value is null => null,
        DataTypeKind.Double => (double)value == 0 ? 0.0 : value,
        DataTypeKind.Array => ((object?[])value).Select(item => Normal(type.Element!, item)).ToArray(),
        DataTypeKind.Map => Sorted((Dictionary<object, object?>)value).ToDictionary(
            entry => entry.Key, entry => Normal(type.Element!, entry.Value)),
        DataTypeKind.Struct => type.Fields.Zip((object?[])value).ToDictionary(
            field => field.First.Name, field => Normal(field.First.Type, field.Second)),
        _ => value,
    };

    private static IEnumerable<KeyValuePair<object, object?>> Sorted(Dictionary<object, object?> map) =>
        map.OrderBy(entry => entry.Key, Comparer<object>.Create((left, right) => left is string text
            ? Encoding.UTF8.GetBytes(text).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes((string)right))
            : ((int)left).CompareTo((int)right)));

    /// <summary>A text that only equal values have: [] is not [""], and a time has its seconds.</summary>
    private static string Show(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{text}'",
        TimeOnly time => time.ToString("O"),
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        object?[] items => $"[{string.Join(",", items.Select(Show))}]",
        System.Collections.IDictionary entries =>
            $"{{{string.Join(",", entries.Keys.Cast<object>().Select(key => $"{Show(key)}:{Show(entries[key])}"))}}}",
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
