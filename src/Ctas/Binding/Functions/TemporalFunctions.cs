namespace Ctas.Binding.Functions;

/// <summary>Functions of dates and times. A TIMESTAMP is UTC, with microseconds.</summary>
internal static class TemporalFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new(
            "EXTRACT",
            "field VARCHAR, moment TIMESTAMP -> BIGINT",
            "field VARCHAR, time TIME -> BIGINT",
            "field VARCHAR, span INTERVAL -> BIGINT")
        {
            Aliases = ["DATE_PART"],
            Meaning = "A part of a date or time, as EXTRACT(DOW FROM moment); SECOND, MILLISECOND, EPOCH and "
                + "JULIAN are DOUBLE, with their fraction, others whole.",
            Example = new("EXTRACT(MONTH FROM DATE '2024-02-29')", "2"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Field(0)],
            ResultOfArguments = ConstantChecks.TypeOfField,
        },
        new("NOW", " -> TIMESTAMP")
        {
            Aliases = ["CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "STATEMENT_TIMESTAMP", "TRANSACTION_TIMESTAMP"],
            Meaning = "The moment the statement began, the same in all its rows.",
            Example = new("NOW()", "2024-05-06 07:08:09"),
            Heritage = Heritage.Both,
            IsRewritten = true,
        },
        new("CURRENT_DATE", " -> DATE")
        {
            Aliases = ["TODAY"],
            Meaning = "The day on which the statement began (UTC).",
            Example = new("CURRENT_DATE", "2024-05-06"),
            Heritage = Heritage.PostgreSql,
            IsRewritten = true,
        },
        new("CURRENT_TIME", " -> TIME")
        {
            Aliases = ["LOCALTIME"],
            Meaning = "The time of day at which the statement began (UTC).",
            Example = new("CURRENT_TIME", "07:08:09"),
            Heritage = Heritage.PostgreSql,
            IsRewritten = true,
        },
        new("DATE_TRUNC", "unit UNIT, moment TIMESTAMP -> TIMESTAMP")
        {
            Meaning = "The start of the unit that the moment lies in; weeks start on Monday.",
            Example = new("DATE_TRUNC('month', TIMESTAMP '2024-02-29 12:30:00')", "2024-02-01 00:00:00"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("DATE_ADD", "moment TIMESTAMP, span INTERVAL -> TIMESTAMP")
        {
            Meaning = "The moment and a span later: the operator +.",
            Example = new("DATE_ADD(DATE '2024-01-31', INTERVAL '1 month')", "2024-02-29 00:00:00"),
            Heritage = Heritage.PostgreSql,
        },
        new("DATE_SUB", "moment TIMESTAMP, span INTERVAL -> TIMESTAMP")
        {
            Aliases = ["DATE_SUBTRACT"],
            Meaning = "The moment a span earlier: the operator -.",
            Example = new("DATE_SUB(TIMESTAMP '2024-03-01 00:00:00', INTERVAL '1 day')", "2024-02-29 00:00:00"),
            Heritage = Heritage.PostgreSql,
        },
        new("TIMESTAMPADD", "unit UNIT, count BIGINT, moment TIMESTAMP -> TIMESTAMP")
        {
            Meaning = "So many units later.",
            Example = new("TIMESTAMPADD(HOURS, 2, TIMESTAMP '2024-02-29 23:00:00')", "2024-03-01 01:00:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("TIMESTAMPSUB", "unit UNIT, count BIGINT, moment TIMESTAMP -> TIMESTAMP")
        {
            Meaning = "So many units earlier.",
            Example = new("TIMESTAMPSUB(DAYS, 1, TIMESTAMP '2024-03-01 01:00:00')", "2024-02-29 01:00:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("DATEADD", "unit UNIT, count BIGINT, moment DATE -> DATE")
        {
            Kernel = "TIMESTAMPADD",
            Meaning = "The date so many units later.",
            Example = new("DATEADD(MONTHS, 1, DATE '2024-01-31')", "2024-02-29"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("DATESUB", "unit UNIT, count BIGINT, moment DATE -> DATE")
        {
            Kernel = "TIMESTAMPSUB",
            Meaning = "The date so many units earlier.",
            Example = new("DATESUB(DAYS, 1, DATE '2024-03-01')", "2024-02-29"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("TIMEADD", "unit UNIT, count BIGINT, moment TIME -> TIME")
        {
            Kernel = "TIMESTAMPADD",
            Meaning = "So many units later, around the clock.",
            Example = new("TIMEADD(MINUTES, 90, TIME '23:00:00')", "00:30:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("TIMESUB", "unit UNIT, count BIGINT, moment TIME -> TIME")
        {
            Kernel = "TIMESTAMPSUB",
            Meaning = "So many units earlier, around the clock.",
            Example = new("TIMESUB(MINUTES, 90, TIME '00:30:00')", "23:00:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("DATEDIFF", "unit UNIT, start TIMESTAMP, end TIMESTAMP -> BIGINT")
        {
            Aliases = ["DATE_DIFF"],
            Meaning = "How many borders of a unit lie between two moments.",
            Example = new("DATEDIFF('month', DATE '2024-01-31', DATE '2024-03-01')", "2"),
            Heritage = Heritage.Own,
            Checks = [ConstantChecks.Unit(0)],
        },
        new("AGE", "end TIMESTAMP, start TIMESTAMP -> INTERVAL")
        {
            Meaning = "The difference in years, months, days and time.",
            Example = new("AGE(DATE '2024-03-01', DATE '2023-01-31')", "13 months 1 days 0 us"),
            Heritage = Heritage.PostgreSql,
        },
        new("DATE_BIN", "stride INTERVAL, moment TIMESTAMP [, origin TIMESTAMP] -> TIMESTAMP")
        {
            Aliases = ["TIME_BUCKET"],
            Meaning = "The start of the stride that the moment lies in, counted from an origin; by default from "
                + "Monday 2000-01-03, months from 2000-01-01.",
            Example = new("DATE_BIN(INTERVAL '15 minutes', TIMESTAMP '2024-02-29 12:38:00')", "2024-02-29 12:30:00"),
            Heritage = Heritage.PostgreSql,
        },
        new("MAKE_DATE", "year INT, month INT, day INT -> DATE")
        {
            Meaning = "The date of its numbers.",
            Example = new("MAKE_DATE(2024, 2, 29)", "2024-02-29"),
            Heritage = Heritage.PostgreSql,
        },
        new("MAKE_TIME", "hour INT, minute INT, second DOUBLE -> TIME")
        {
            Meaning = "The time of its numbers.",
            Example = new("MAKE_TIME(8, 15, 23.5)", "08:15:23.5"),
            Heritage = Heritage.PostgreSql,
        },
        new("MAKE_TIMESTAMP", "year INT, month INT, day INT, hour INT, minute INT, second DOUBLE -> TIMESTAMP")
        {
            Meaning = "The moment of its numbers.",
            Example = new("MAKE_TIMESTAMP(2024, 2, 29, 8, 15, 23.5)", "2024-02-29 08:15:23.5"),
            Heritage = Heritage.PostgreSql,
        },
        new("LAST_DAY", "date DATE -> DATE")
        {
            Meaning = "The last day of the month.",
            Example = new("LAST_DAY(DATE '2024-02-10')", "2024-02-29"),
            Heritage = Heritage.Own,
        },
        new("DAYNAME", "moment TIMESTAMP -> VARCHAR")
        {
            Meaning = "The English name of the day of the week.",
            Example = new("DAYNAME(DATE '2024-02-29')", "Thursday"),
            Heritage = Heritage.Own,
        },
        new("MONTHNAME", "moment TIMESTAMP -> VARCHAR")
        {
            Meaning = "The English name of the month.",
            Example = new("MONTHNAME(DATE '2024-02-29')", "February"),
            Heritage = Heritage.Own,
        },
        new("YEAR", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The year.",
            Example = new("YEAR(DATE '2024-02-29')", "2024"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("QUARTER", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The quarter of the year, 1 to 4.",
            Example = new("QUARTER(DATE '2024-02-29')", "1"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("MONTH", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The month, 1 to 12.",
            Example = new("MONTH(DATE '2024-02-29')", "2"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("WEEK", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The ISO week.",
            Example = new("WEEK(DATE '2024-02-29')", "9"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("DAY", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The day of the month.",
            Example = new("DAY(DATE '2024-02-29')", "29"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("DAYOFWEEK", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The day of the week, 0 for Sunday.",
            Example = new("DAYOFWEEK(DATE '2024-02-29')", "4"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("DAYOFYEAR", "moment TIMESTAMP -> BIGINT")
        {
            Meaning = "The day of the year.",
            Example = new("DAYOFYEAR(DATE '2024-02-29')", "60"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("HOUR", "moment TIMESTAMP -> BIGINT", "time TIME -> BIGINT")
        {
            Meaning = "The hour, 0 to 23.",
            Example = new("HOUR(TIMESTAMP '2024-02-29 12:30:15.5')", "12"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("MINUTE", "moment TIMESTAMP -> BIGINT", "time TIME -> BIGINT")
        {
            Meaning = "The minute.",
            Example = new("MINUTE(TIMESTAMP '2024-02-29 12:30:15.5')", "30"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("SECOND", "moment TIMESTAMP -> BIGINT", "time TIME -> BIGINT")
        {
            Meaning = "The second, without its fraction.",
            Example = new("SECOND(TIMESTAMP '2024-02-29 12:30:15.5')", "15"),
            Heritage = Heritage.Own,
            IsRewritten = true,
        },
        new("UNIX_TIMESTAMP", "[moment TIMESTAMP] -> BIGINT")
        {
            Meaning = "Milliseconds since 1970, of now without an argument.",
            Example = new("UNIX_TIMESTAMP(TIMESTAMP '1970-01-02 00:00:00')", "86400000"),
            Heritage = Heritage.KsqlDb,
        },
        new("UNIX_DATE", "[date DATE] -> INT")
        {
            Meaning = "Days since 1970, of today without an argument.",
            Example = new("UNIX_DATE(DATE '1970-02-01')", "31"),
            Heritage = Heritage.KsqlDb,
        },
        new("FROM_UNIXTIME", "milliseconds BIGINT -> TIMESTAMP")
        {
            Meaning = "The moment so many milliseconds after 1970.",
            Example = new("FROM_UNIXTIME(86400000)", "1970-01-02 00:00:00"),
            Heritage = Heritage.KsqlDb,
        },
        new("FROM_DAYS", "days INT -> DATE")
        {
            Meaning = "The date so many days after 1970-01-01.",
            Example = new("FROM_DAYS(31)", "1970-02-01"),
            Heritage = Heritage.KsqlDb,
        },
        new("CONVERT_TZ", "moment TIMESTAMP, from VARCHAR, to VARCHAR -> TIMESTAMP")
        {
            Meaning = "A time of one zone as a time of another, by IANA name or offset.",
            Example = new("CONVERT_TZ(TIMESTAMP '2024-07-01 12:00:00', 'UTC', 'Europe/Prague')", "2024-07-01 14:00:00"),
            Heritage = Heritage.KsqlDb,
        },
        new("TIMEZONE", "zone VARCHAR, moment TIMESTAMP -> TIMESTAMP")
        {
            Meaning = "The time on the clocks of a zone at a moment (UTC).",
            Example = new("TIMEZONE('+02:00', TIMESTAMP '2024-07-01 12:00:00')", "2024-07-01 14:00:00"),
            Heritage = Heritage.PostgreSql,
        },
        new("FORMAT_TIMESTAMP", "moment TIMESTAMP, pattern VARCHAR [, zone VARCHAR] -> VARCHAR")
        {
            Meaning = "As text, by a pattern of Java's.",
            Example = new("FORMAT_TIMESTAMP(TIMESTAMP '2024-02-29 12:30:00', 'dd.MM.yyyy HH:mm')", "29.02.2024 12:30"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("FORMAT_DATE", "date DATE, pattern VARCHAR -> VARCHAR")
        {
            Kernel = "FORMAT_TIMESTAMP",
            Meaning = "As text, by a pattern of Java's.",
            Example = new("FORMAT_DATE(DATE '2024-02-29', 'EEE d MMM yyyy')", "Thu 29 Feb 2024"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("FORMAT_TIME", "time TIME, pattern VARCHAR -> VARCHAR")
        {
            Kernel = "FORMAT_TIMESTAMP",
            Meaning = "As text, by a pattern of Java's.",
            Example = new("FORMAT_TIME(TIME '15:30:00', 'h:mm a')", "3:30 PM"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("PARSE_TIMESTAMP", "text VARCHAR, pattern VARCHAR [, zone VARCHAR] -> TIMESTAMP")
        {
            Meaning = "Read by a pattern of Java's; in a zone where the text has none.",
            Example = new("PARSE_TIMESTAMP('29.02.2024 12:30', 'dd.MM.yyyy HH:mm')", "2024-02-29 12:30:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("PARSE_DATE", "text VARCHAR, pattern VARCHAR -> DATE")
        {
            Kernel = "PARSE_TIMESTAMP",
            Meaning = "Read by a pattern of Java's.",
            Example = new("PARSE_DATE('29/2/2024', 'd/M/yyyy')", "2024-02-29"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("PARSE_TIME", "text VARCHAR, pattern VARCHAR -> TIME")
        {
            Kernel = "PARSE_TIMESTAMP",
            Meaning = "Read by a pattern of Java's.",
            Example = new("PARSE_TIME('3:30 PM', 'h:mm a')", "15:30:00"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("STRINGTOTIMESTAMP", "text VARCHAR, pattern VARCHAR [, zone VARCHAR] -> BIGINT")
        {
            Meaning = "Milliseconds since 1970, read by a pattern of Java's.",
            Example = new("STRINGTOTIMESTAMP('1970-01-02', 'yyyy-MM-dd')", "86400000"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("TIMESTAMPTOSTRING", "milliseconds BIGINT, pattern VARCHAR [, zone VARCHAR] -> VARCHAR")
        {
            Meaning = "Milliseconds since 1970 as text, by a pattern of Java's.",
            Example = new("TIMESTAMPTOSTRING(86400000, 'yyyy-MM-dd')", "1970-01-02"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("DATETOSTRING", "days INT, pattern VARCHAR -> VARCHAR")
        {
            Meaning = "Days since 1970 as text, by a pattern of Java's.",
            Example = new("DATETOSTRING(31, 'yyyy-MM-dd')", "1970-02-01"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new("STRINGTODATE", "text VARCHAR, pattern VARCHAR -> INT")
        {
            Kernel = "PARSE_TIMESTAMP",
            Meaning = "Days since 1970, read by a pattern of Java's.",
            Example = new("STRINGTODATE('1970-02-01', 'yyyy-MM-dd')", "31"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.JavaPattern(1)],
        },
        new(
            "TO_CHAR",
            "moment TIMESTAMP, pattern VARCHAR -> VARCHAR",
            "time TIME, pattern VARCHAR -> VARCHAR",
            "number N, pattern VARCHAR -> VARCHAR")
        {
            Meaning = "As text, by a pattern of PostgreSQL's; numbers as in FM9,990.00 (9 0 . D , G S SG MI PL PR L $).",
            Example = new(
                "TO_CHAR(TIMESTAMP '2024-02-29 15:04:00', 'Dy DD Mon YYYY HH12:MI AM')",
                "Thu 29 Feb 2024 03:04 PM"),
            Heritage = Heritage.PostgreSql,
            Checks =
            [
                ConstantChecks.PostgreSqlPattern(1) with { Of = arguments => !arguments[0].Type.IsNumeric },
                ConstantChecks.NumberPattern(1) with { Of = arguments => arguments[0].Type.IsNumeric },
            ],
        },
        new("TO_NUMBER", "text VARCHAR, pattern VARCHAR -> DECIMAL")
        {
            Meaning = "Read by a pattern of numbers; one with more digits than the pattern is an error.",
            Example = new("TO_NUMBER('1,234.50-', '9,999.99S')", "-1234.50"),
            Heritage = Heritage.PostgreSql,
            ResultOfArguments = ConstantChecks.TypeOfNumberPattern,
            Checks = [ConstantChecks.NumberPattern(1)],
        },
        new("TO_TIMESTAMP", "text VARCHAR, pattern VARCHAR -> TIMESTAMP", "seconds DOUBLE -> TIMESTAMP")
        {
            Meaning = "Read by a pattern of PostgreSQL's, or so many seconds after 1970.",
            Example = new("TO_TIMESTAMP('29 Feb 2024 15:04', 'DD Mon YYYY HH24:MI')", "2024-02-29 15:04:00"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.PostgreSqlPattern(1)],
        },
        new("TO_DATE", "text VARCHAR, pattern VARCHAR -> DATE")
        {
            Kernel = "TO_TIMESTAMP",
            Meaning = "Read by a pattern of PostgreSQL's.",
            Example = new("TO_DATE('29.2.2024', 'DD.MM.YYYY')", "2024-02-29"),
            Heritage = Heritage.PostgreSql,
            Checks = [ConstantChecks.PostgreSqlPattern(1)],
        },
    ];
}
