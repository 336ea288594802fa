namespace Ctas.Benchmarks.Nexmark;

/// <summary>The queries of Nexmark whose answers are tables; which are left out, and why, says the page <c>nexmark.md</c>.</summary>
internal static class NexmarkQueries
{
    /// <summary>A table beside the streams: what is looked up by q13.</summary>
    public const int SideRows = 100;

    private const string TenSeconds = "time_bucket(INTERVAL '10 seconds', date_time, TIMESTAMP '1970-01-01')";

    /// <summary>In the order of their numbers.</summary>
    public static IReadOnlyList<NexmarkQuery> All { get; } =
    [
        Same("q0", "every bid as it is", "SELECT auction, bidder, price, date_time, extra FROM bid"),
        Same("q1", "prices in another currency", "SELECT auction, bidder, 0.908 * price AS price, date_time, extra FROM bid"),
        Same("q2", "bids on some auctions", "SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0"),
        Same(
            "q3", "who sells in three states in one category",
            "SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')"),
        new(
            "q4", "average of the closing prices of a category",
            $"CREATE TABLE q4_closing AS {Closing} EMIT CHANGES; CREATE TABLE q4 AS SELECT category, AVG(final) AS price FROM q4_closing GROUP BY category EMIT CHANGES",
            $"SELECT category, AVG(final) FROM ({Closing}) GROUP BY category"),
        new(
            "q5", "auctions with the most bids in each 10 seconds, every 2 seconds",
            """
            CREATE TABLE q5_counts AS SELECT auction, WINDOWSTART AS ws, COUNT(*) AS num FROM bid
                WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 2 SECONDS) GROUP BY auction EMIT CHANGES;
            CREATE TABLE q5_most AS SELECT ws, MAX(num) AS num FROM q5_counts GROUP BY ws EMIT CHANGES;
            CREATE TABLE q5 AS SELECT c.auction, c.num, c.ws FROM q5_counts c JOIN q5_most m ON c.ws = m.ws AND c.num = m.num EMIT CHANGES
            """,
            """
            WITH counts AS (SELECT auction, ws, COUNT(*) AS num FROM (
                SELECT auction, time_bucket(INTERVAL '2 seconds', date_time, TIMESTAMP '1970-01-01') - to_seconds(2 * i) AS ws
                FROM bid, (SELECT UNNEST(range(5)) AS i)) GROUP BY auction, ws)
            SELECT auction, num, ws FROM counts QUALIFY num = MAX(num) OVER (PARTITION BY ws)
            """),
        new(
            "q6", "average of the last ten closing prices of a seller",
            $"CREATE TABLE q6_closing AS {SellerClosing} EMIT CHANGES; CREATE TABLE q6 AS SELECT seller, id, {LastTen} AS price FROM q6_closing EMIT CHANGES",
            $"SELECT seller, id, {LastTen} FROM ({SellerClosing})"),
        new(
            "q7", "the highest bid of each 10 seconds",
            """
            CREATE TABLE q7_most AS SELECT MAX(price) AS price, WINDOWSTART AS ws, WINDOWEND AS we FROM bid WINDOW TUMBLING (SIZE 10 SECONDS) EMIT CHANGES;
            CREATE TABLE q7 AS SELECT b.auction, b.price, b.bidder, b.date_time FROM bid b JOIN q7_most m
                ON b.price = m.price AND b.date_time >= m.ws AND b.date_time < m.we EMIT CHANGES
            """,
            $"SELECT auction, price, bidder, date_time FROM bid QUALIFY price = MAX(price) OVER (PARTITION BY {TenSeconds})"),
        new(
            "q8", "who came and sold within the same 10 seconds",
            """
            CREATE TABLE q8_new AS SELECT id, name, WINDOWSTART AS ws FROM person WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY id, name EMIT CHANGES;
            CREATE TABLE q8_sellers AS SELECT seller, WINDOWSTART AS ws FROM auction WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY seller EMIT CHANGES;
            CREATE TABLE q8 AS SELECT p.id, p.name, p.ws FROM q8_new p JOIN q8_sellers s ON p.id = s.seller AND p.ws = s.ws EMIT CHANGES
            """,
            $"""
            SELECT p.id, p.name, p.ws FROM (SELECT id, name, {TenSeconds} AS ws FROM person) p
                JOIN (SELECT DISTINCT seller, {TenSeconds} AS ws FROM auction) s ON p.id = s.seller AND p.ws = s.ws
            """),
        Same(
            "q9", "the winning bid of each auction",
            """
            SELECT id, seller, category, auction, bidder, price, bid_time FROM (
                SELECT a.id, a.seller, a.category, b.auction, b.bidder, b.price, b.date_time AS bid_time,
                    ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.date_time) AS place
                FROM auction a JOIN bid b ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires) w WHERE place = 1
            """),
        new(
            "q11", "how many bids a user made in each session",
            "CREATE TABLE q11 AS SELECT bidder, COUNT(*) AS bids, WINDOWSTART AS ws, WINDOWEND AS we FROM bid WINDOW SESSION (10 SECONDS) GROUP BY bidder EMIT CHANGES",
            """
            SELECT bidder, COUNT(*), MIN(date_time), MAX(date_time) FROM (
                SELECT bidder, date_time, SUM(begins) OVER (PARTITION BY bidder ORDER BY date_time) AS session FROM (
                    SELECT bidder, date_time, CASE WHEN date_time - LAG(date_time) OVER (PARTITION BY bidder ORDER BY date_time)
                        <= INTERVAL '10 seconds' THEN 0 ELSE 1 END AS begins FROM bid)) GROUP BY bidder, session
            """),
        new(
            "q13", "bids with what a table beside says of them",
            "CREATE STREAM q13 AS SELECT b.auction, b.bidder, b.price, b.date_time, s.value FROM bid b JOIN side s ON MOD(b.auction, 100) = s.key EMIT CHANGES",
            "SELECT b.auction, b.bidder, b.price, b.date_time, s.value FROM bid b JOIN side s ON b.auction % 100 = s.key"),
        Same(
            "q14", "bids of some prices, with the time of day and a count of letters",
            """
            SELECT auction, bidder, 0.908 * price AS price, CASE WHEN EXTRACT(HOUR FROM date_time) BETWEEN 8 AND 18 THEN 'day'
                WHEN EXTRACT(HOUR FROM date_time) <= 6 OR EXTRACT(HOUR FROM date_time) >= 20 THEN 'night' ELSE 'other' END AS time_of_day,
                LENGTH(extra) - LENGTH(REPLACE(extra, 'c', '')) AS cs FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000
            """),
        Same("q15", "bids and bidders of each day", $"SELECT CAST(date_time AS DATE) AS day, {Statistics} FROM bid GROUP BY CAST(date_time AS DATE)"),
        Same(
            "q16", "the same of each channel",
            $"SELECT channel, CAST(date_time AS DATE) AS day, {Statistics} FROM bid GROUP BY channel, CAST(date_time AS DATE)"),
        Same(
            "q17", "prices of each auction and day",
            """
            SELECT auction, CAST(date_time AS DATE) AS day, COUNT(*) AS bids, COUNT(*) FILTER (WHERE price < 10000) AS low,
                COUNT(*) FILTER (WHERE price >= 1000000) AS high, MIN(price) AS least, MAX(price) AS most, AVG(price) AS mean, SUM(price) AS total
            FROM bid GROUP BY auction, CAST(date_time AS DATE)
            """),
        Same(
            "q18", "the last bid of each user on each auction",
            """
            SELECT auction, bidder, price, bid_time FROM (SELECT auction, bidder, price, date_time AS bid_time,
                ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY date_time DESC) AS place FROM bid) l WHERE place <= 1
            """),
        Same(
            "q19", "the ten highest bids on each auction",
            """
            SELECT auction, bidder, price, bid_time, place FROM (SELECT auction, bidder, price, date_time AS bid_time,
                ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, date_time) AS place FROM bid) h WHERE place <= 10
            """),
        Same(
            "q20", "bids with their auctions, of one category",
            """
            SELECT b.auction, b.bidder, b.price, b.channel, a.item_name, a.seller, a.expires
            FROM bid b JOIN auction a ON b.auction = a.id WHERE a.category = 10
            """),
        Same(
            "q21", "the number of each bid's channel",
            """
            SELECT auction, bidder, price, CASE LOWER(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2'
                WHEN 'baidu' THEN '3' ELSE SPLIT_PART(url, 'channel_id=', 2) END AS channel_id FROM bid
            WHERE SPLIT_PART(url, 'channel_id=', 2) <> '' OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu')
            """),
        Same(
            "q22", "the folders of each bid's URL",
            "SELECT auction, bidder, price, SPLIT_PART(url, '/', 4) AS dir1, SPLIT_PART(url, '/', 5) AS dir2, SPLIT_PART(url, '/', 6) AS dir3 FROM bid"),
    ];

    private static string Closing =>
        """
        SELECT a.id, a.category, MAX(b.price) AS final FROM auction a JOIN bid b
            ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires GROUP BY a.id, a.category
        """;

    private static string SellerClosing =>
        """
        SELECT a.id, a.seller, a.expires, MAX(b.price) AS final FROM auction a JOIN bid b
            ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires GROUP BY a.id, a.seller, a.expires
        """;

    private static string LastTen => "AVG(final) OVER (PARTITION BY seller ORDER BY expires, id ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)";

    private static string Statistics =>
        """
        COUNT(*) AS bids, COUNT(*) FILTER (WHERE price < 10000) AS low, COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle,
            COUNT(*) FILTER (WHERE price >= 1000000) AS high, COUNT(DISTINCT bidder) AS bidders,
            COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS low_bidders, COUNT(DISTINCT auction) AS auctions
        """;

    /// <summary>A query that both take as it is.</summary>
    private static NexmarkQuery Same(string name, string about, string select) =>
        new(name, about, $"CREATE TABLE {name} AS {select} EMIT CHANGES", select);
}
