using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// What a template says of a value: its type, and whether it is tame, so that sums neither overflow nor depend on the
/// order of rows.
/// </summary>
/// <param name="Word">The word of templates.</param>
/// <param name="Type">The SQL type.</param>
/// <param name="IsTame">True for small numbers that add up exactly.</param>
internal sealed record ValueTag(string Word, DataType Type, bool IsTame = false)
{
    public static ValueTag Boolean { get; } = new("boolean", DataType.Boolean);

    public static ValueTag Int { get; } = new("int", DataType.Int);

    public static ValueTag SmallInt { get; } = new("small", DataType.Int, IsTame: true);

    public static ValueTag BigInt { get; } = new("bigint", DataType.BigInt);

    public static ValueTag SmallBigInt { get; } = new("smallbig", DataType.BigInt, IsTame: true);

    public static ValueTag Double { get; } = new("double", DataType.Double);

    public static ValueTag TameDouble { get; } = new("tame", DataType.Double, IsTame: true);

    public static ValueTag Decimal { get; } = new("decimal", DataType.Decimal(12, 2), IsTame: true);

    public static ValueTag Price { get; } = new("price", DataType.Decimal(18, 4));

    public static ValueTag BigDecimal { get; } = new("bigdecimal", DataType.Decimal(28, 6));

    public static ValueTag Varchar { get; } = new("varchar", DataType.Varchar);

    public static ValueTag Bytes { get; } = new("bytes", DataType.Bytes);

    public static ValueTag Date { get; } = new("date", DataType.Date);

    public static ValueTag Time { get; } = new("time", DataType.Time);

    public static ValueTag Timestamp { get; } = new("timestamp", DataType.Timestamp);

    public static ValueTag Interval { get; } = new("interval", DataType.Interval);

    /// <summary>Digits up to the limit; calculations with them fail alike or agree to the last digit.</summary>
    public static ValueTag Huge { get; } = new("huge", DataType.Decimal(38, 0));

    /// <summary>Digits up to the limit, many of them after the point.</summary>
    public static ValueTag Fine { get; } = new("fine", DataType.Decimal(38, 12));

    /// <summary>A text that is JSON.</summary>
    public static ValueTag Json { get; } = new("json", DataType.Varchar, IsTame: true);

    public static ValueTag Ints { get; } = new("ints", DataType.Array(DataType.Int));

    public static ValueTag Words { get; } = new("words", DataType.Array(DataType.Varchar));

    public static ValueTag Pair { get; } =
        new("pair", DataType.Struct([new("a", DataType.Int), new("b", DataType.Varchar)]));

    public static ValueTag Pairs { get; } = new("pairs", DataType.Array(Pair.Type));

    public static ValueTag Grid { get; } = new("grid", DataType.Array(Ints.Type));

    public static ValueTag Deep { get; } =
        new("deep", DataType.Struct([new("p", Pair.Type), new("l", Ints.Type)]));

    public static ValueTag Counts { get; } = new("counts", DataType.Map(DataType.Varchar, DataType.Int));

    /// <summary>Nested types.</summary>
    public static IReadOnlyList<ValueTag> Nested { get; } = [Ints, Words, Pair, Pairs, Grid, Deep, Counts];

    /// <summary>All that columns of tables have.</summary>
    public static IReadOnlyList<ValueTag> All { get; } =
    [
        Boolean, Int, SmallInt, BigInt, SmallBigInt, Double, TameDouble, Decimal, Price, BigDecimal, Varchar, Bytes,
        Date, Time, Timestamp, Interval, Huge, Fine, Json, .. Nested,
    ];

    /// <summary>Tags that values of any type are chosen from.</summary>
    public static IReadOnlyList<ValueTag> Any { get; } =
    [
        Int, SmallInt, BigInt, Double, TameDouble, Decimal, Varchar, Varchar, Varchar, Boolean, Date, Timestamp, Time,
        Bytes, Interval, Ints, Pair, Pairs, Counts, Words, Grid, Deep, Huge, Fine,
    ];

    /// <summary>Tags of numbers.</summary>
    public static IReadOnlyList<ValueTag> Numbers { get; } = [Int, SmallInt, BigInt, SmallBigInt, Double, TameDouble, Decimal];

    /// <summary>The tag of a word of templates; null when there is none.</summary>
    public static ValueTag? Find(string word) => All.FirstOrDefault(tag => tag.Word == word);

    /// <summary>True when a value of <paramref name="other"/> may stand where this is asked for.</summary>
    public bool Accepts(ValueTag other) => other.Type == Type && (other.IsTame || !IsTame);

    public override string ToString() => Word;
}
