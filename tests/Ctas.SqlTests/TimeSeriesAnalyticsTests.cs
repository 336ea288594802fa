using System.Globalization;
using Ctas.Data;

namespace Ctas.SqlTests;

/// <summary>
/// The questions asked of time series: gaps, moving averages, sessions, month over month, running totals, the last
/// value per key. Each answer is also worked out with LINQ over the same readings.
/// </summary>
public sealed class TimeSeriesAnalyticsTests
{
    private sealed record Reading(string Device, DateTime At, int Value);

    private readonly SqlDatabase _database = new();
    private readonly List<Reading> _readings = [];

    public TimeSeriesAnalyticsTests()
    {
        var random = new Random(11);
        foreach (string device in (string[])["a", "b", "c"])
        {
            DateTime at = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            for (int i = 0; i < 200; i++)
            {
                // Mostly some minutes apart, now and then days.
                at += random.Next(20) == 0 ? TimeSpan.FromHours(random.Next(20, 90)) : TimeSpan.FromMinutes(random.Next(1, 25));
                _readings.Add(new Reading(device, at, random.Next(-50, 100)));
            }
        }

        string rows = string.Join(" UNION ALL ", _readings.OrderBy(_ => random.Next()).Select(reading => string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT '{reading.Device}' AS device, TIMESTAMP '{reading.At:yyyy-MM-dd HH:mm:ss}' AS at, {reading.Value} AS v")));
        _database.Execute($"CREATE TABLE readings AS {rows}");
    }

    [Fact]
    public void Gaps_BetweenReadings_AreThoseLongerThanADay() =>
        Rows(
            """
            SELECT device, previous, at FROM (
              SELECT device, at, LAG(at) OVER (PARTITION BY device ORDER BY at) AS previous FROM readings) AS r
            WHERE at - previous > INTERVAL '1 day'
            """)
        .Order().Should().Equal(Lines(
            from device in ByDevice()
            from pair in device.Zip(device.Skip(1))
            where pair.Second.At - pair.First.At > TimeSpan.FromDays(1)
            select new object?[] { pair.First.Device, pair.First.At, pair.Second.At }));

    [Fact]
    public void MovingAverage_OfSevenReadings_IsThatOfTheRowsAround() =>
        Rows(
            """
            SELECT device, at, AVG(v) OVER (PARTITION BY device ORDER BY at ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS a
            FROM readings
            """)
        .Order().Should().Equal(Lines(
            from device in ByDevice()
            from i in Enumerable.Range(0, device.Length)
            select new object?[]
            {
                device[i].Device, device[i].At, (double)device[Math.Max(0, i - 6)..(i + 1)].Sum(r => r.Value) / Math.Min(7, i + 1),
            }));

    [Fact]
    public void MovingSum_OfTheLastHour_TakesRowsByTime() =>
        Rows(
            """
            SELECT device, at, SUM(v) OVER (PARTITION BY device ORDER BY at RANGE BETWEEN INTERVAL '1 hour' PRECEDING AND CURRENT ROW) AS s
            FROM readings
            """)
        .Order().Should().Equal(Lines(
            from device in ByDevice()
            from reading in device
            let hour = device.Where(r => r.At <= reading.At && r.At >= reading.At.AddHours(-1))
            select new object?[] { reading.Device, reading.At, hour.Sum(r => (long)r.Value) }));

    [Fact]
    public void Sessions_ByGapsOfTwentyMinutes_EqualThoseOfSessionWindows()
    {
        List<string> bySession = Rows(
            """
            SELECT device, WINDOWSTART, WINDOWEND, COUNT(*) AS n
            FROM (SELECT device, at AS ROWTIME FROM readings) AS r WINDOW SESSION (20 MINUTES) GROUP BY device
            """);
        List<string> byFlags = Rows(
            """
            SELECT device, MIN(at), MAX(at), COUNT(*) AS n FROM (
              SELECT device, at, SUM(starts) OVER (PARTITION BY device ORDER BY at) AS session FROM (
                SELECT device, at, CASE WHEN at - LAG(at) OVER (PARTITION BY device ORDER BY at) <= INTERVAL '20 minutes'
                  THEN 0 ELSE 1 END AS starts FROM readings) AS f) AS s
            GROUP BY device, session
            """);

        bySession.Order().Should().Equal(byFlags.Order());
        bySession.Count.Should().BeGreaterThan(10);
    }

    [Fact]
    public void MonthOverMonth_ComparesWithTheMonthBefore() =>
        Rows(
            """
            SELECT month, total, total - LAG(total) OVER (ORDER BY month) AS change FROM (
              SELECT EXTRACT(YEAR FROM at) * 12 + EXTRACT(MONTH FROM at) AS month, SUM(v) AS total FROM readings GROUP BY 1) AS m
            ORDER BY month
            """)
        .Should().Equal(Months().Select(Line));

    [Fact]
    public void RunningTotal_PerDevice_AddsUpInOrder() =>
        Rows("SELECT device, at, SUM(v) OVER (PARTITION BY device ORDER BY at) AS total FROM readings")
        .Order().Should().Equal(Lines(
            from device in ByDevice()
            from i in Enumerable.Range(0, device.Length)
            select new object?[] { device[i].Device, device[i].At, device[..(i + 1)].Sum(r => (long)r.Value) }));

    [Fact]
    public void LastValue_PerKey_IsTheNewestRowOfEach()
    {
        object?[][] expected = [.. ByDevice().Select(device => new object?[] { device[^1].Device, device[^1].At, device[^1].Value })];

        Rows("SELECT device, at, v FROM readings QUALIFY ROW_NUMBER() OVER (PARTITION BY device ORDER BY at DESC) = 1")
            .Order().Should().Equal(Lines(expected));
        Rows(
            """
            SELECT DISTINCT device, MAX(at) OVER w AS at, LAST_VALUE(v) OVER w AS v FROM readings
            WINDOW w AS (PARTITION BY device ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
            """)
            .Order().Should().Equal(Lines(expected));
    }

    [Fact]
    public void Buckets_OfAnHour_EqualThoseOfTumblingWindows() =>
        Rows(
            """
            SELECT device, WINDOWSTART, WINDOWEND, COUNT(*) AS n, MIN(v), MAX(v)
            FROM (SELECT *, at AS ROWTIME FROM readings) AS r WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY device HAVING COUNT(*) > 2
            """)
        .Order().Should().Equal(Lines(
            from reading in _readings
            group reading by (reading.Device, Hour: reading.At.Date.AddHours(reading.At.Hour)) into hour
            where hour.Count() > 2
            select new object?[]
            {
                hour.Key.Device, hour.Key.Hour, hour.Key.Hour.AddHours(1), (long)hour.Count(),
                hour.Min(r => r.Value), hour.Max(r => r.Value),
            }));

    private IEnumerable<object?[]> Months()
    {
        long? before = null;
        foreach (var month in _readings.GroupBy(r => (r.At.Year * 12L) + r.At.Month).OrderBy(month => month.Key))
        {
            long total = month.Sum(r => (long)r.Value);
            yield return [month.Key, total, total - before];
            before = total;
        }
    }

    private IEnumerable<Reading[]> ByDevice() =>
        _readings.GroupBy(reading => reading.Device).Select(device => device.OrderBy(reading => reading.At).ToArray());

    private List<string> Rows(string sql) =>
    [
        .. _database.Query(sql).Batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row =>
            Line(Enumerable.Range(0, batch.Columns.Length).Select(column => batch[column].GetValue(row))))),
    ];

    private static IEnumerable<string> Lines(IEnumerable<object?[]> rows) => rows.Select(Line).Order();

    private static string Line(IEnumerable<object?> values) => string.Join(" | ", values.Select(SltText.Of));
}
