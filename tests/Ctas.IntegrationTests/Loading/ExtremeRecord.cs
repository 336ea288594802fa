using System.Text.Json;

namespace Ctas.IntegrationTests.Loading;

/// <summary>A record with values at the ends of their types, and the row it must give.</summary>
/// <param name="Key">The record key, column <c>id</c>.</param>
/// <param name="Json">The record value.</param>
/// <param name="Values">The other columns in order.</param>
internal sealed record ExtremeRecord(string Key, string Json, object?[] Values)
{
    /// <summary>The columns of all records.</summary>
    public const string Declarations =
        """
        id VARCHAR PRIMARY KEY, b BOOLEAN, i INT, l BIGINT, d DOUBLE, m DECIMAL(28, 10), huge DECIMAL(38, 0),
        s VARCHAR, bin BYTES, dt DATE, tm TIME, ts TIMESTAMP
        """;

    private const string Difficult =
        "日本語 🦆 é e\u0301 \0 \"quoted\" 'single' \\ / \b\f\n\r\t \u007f \u2028 𝄞 ﷽";

    private static readonly string Nines = new('9', 38);

    public static IReadOnlyList<string> Columns { get; } =
        ["id", "b", "i", "l", "d", "m", "huge", "s", "bin", "dt", "tm", "ts"];

    public static IReadOnlyList<ExtremeRecord> All { get; } =
    [
        new("absent", "{}", new object?[11]),
        new("null",
            """
            {"b":null,"i":null,"l":null,"d":null,"m":null,"huge":null,
             "s":null,"bin":null,"dt":null,"tm":null,"ts":null}
            """,
            new object?[11]),
        new("",
            """
            {"b":false,"i":0,"l":0,"d":0,"m":0,"huge":0,"s":"","bin":"",
             "dt":"1970-01-01","tm":"00:00:00","ts":"1970-01-01T00:00:00Z"}
            """,
            [
                false, 0, 0L, 0.0, 0m, 0m, "", Array.Empty<byte>(),
                new DateOnly(1970, 1, 1), TimeOnly.MinValue, DateTime.UnixEpoch,
            ]),
        new("largest 🔑",
            $$"""
            {"b":true,"i":2147483647,"l":9223372036854775807,"d":1.7976931348623157E+308,
             "m":999999999999999999.9999999999,"huge":{{Nines}},"s":"{{'\uFFFD'}}","bin":"/+8=",
             "dt":"9999-12-31","tm":"23:59:59.999999","ts":"9999-12-31T23:59:59.999999Z"}
            """,
            [
                true, int.MaxValue, long.MaxValue, double.MaxValue, 999999999999999999.9999999999m, Nines, "\uFFFD",
                new byte[] { 0xFF, 0xEF }, DateOnly.MaxValue, Microseconds(-1),
                new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddMicroseconds(999_999),
            ]),
        new("schlüssel",
            $$"""
            {"b":true,"i":-2147483648,"l":-9223372036854775808,"d":-1.7976931348623157E+308,
             "m":-999999999999999999.9999999999,"huge":-{{Nines}},
             "s":{{JsonSerializer.Serialize(Difficult)}},"bin":"AAE=",
             "dt":"0001-01-01","tm":"00:00:00.000001","ts":"0001-01-01T00:00:00Z"}
            """,
            [
                true, int.MinValue, long.MinValue, double.MinValue, -999999999999999999.9999999999m, "-" + Nines,
                Difficult, new byte[] { 0, 1 }, DateOnly.MinValue, Microseconds(1), DateTime.MinValue,
            ]),
        new("e\u0301",
            """
            {"b":true,"i":-1,"l":-1,"d":5E-324,"m":0.0000000001,"huge":1,"s":"\ud83e\udd86 \u00e9 \/","bin":null,
             "dt":"2024-02-29","tm":"12:00:00","ts":"2024-02-29T12:00:00.5+02:00"}
            """,
            [
                true, -1, -1L, double.Epsilon, 0.0000000001m, 1m, "🦆 é /", null,
                new DateOnly(2024, 2, 29), new TimeOnly(12, 0),
                new DateTime(2024, 2, 29, 10, 0, 0, 500, DateTimeKind.Utc),
            ]),
    ];

    private static TimeOnly Microseconds(int microseconds) =>
        TimeOnly.MinValue.Add(TimeSpan.FromMicroseconds(microseconds));
}
