using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Maintenance;

/// <summary>
/// Internal consistency: money moves between accounts, and no moment that a reader can see misses any of it.
/// </summary>
public sealed class BankTests
{
    private const int Accounts = 50;
    private readonly InMemorySource _transfers = TransferStream.In(partitions: 3);

    [Fact]
    public Task Bank_RandomTransfers_EveryMomentAddsUp() => RunAsync(transfers: 40_000, recordsPerTick: 200, readers: 2);

    [Fact]
    [Trait("Category", "Large")]
    public Task Bank_MillionsOfTransfers_EveryMomentAddsUp() => RunAsync(transfers: 3_000_000, recordsPerTick: 2_000, readers: 4);

    private async Task RunAsync(int transfers, int recordsPerTick, int readers)
    {
        var random = new Random(7);
        Transfer(random, 1000);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("transfers", _transfers)
            .WithOptions(new CtasEngineOptions { Maintenance = new MaintenanceOptions { MaxRecordsPerTick = recordsPerTick } })
            .AddScript(
                """
                CREATE TABLE moves AS
                    SELECT payee AS account, amount FROM transfers UNION ALL SELECT payer, -amount FROM transfers EMIT CHANGES;
                CREATE TABLE balances AS SELECT account, SUM(amount) AS balance FROM moves GROUP BY account EMIT CHANGES;
                CREATE TABLE total AS SELECT SUM(balance) AS total, COUNT(*) AS accounts FROM balances EMIT CHANGES;
                CREATE TABLE sides AS
                    SELECT p.account, g.got - p.paid AS balance
                    FROM (SELECT payer AS account, SUM(amount) AS paid FROM transfers GROUP BY payer) p
                    JOIN (SELECT payee AS account, SUM(amount) AS got FROM transfers GROUP BY payee) g ON p.account = g.account
                    EMIT CHANGES;
                """)
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        using var done = new CancellationTokenSource();
        using var begun = new CountdownEvent(readers);
        Task<int>[] watching = [.. Enumerable.Range(0, readers).Select(_ => Task.Run(() => Watch(engine, begun, done.Token)))];
        begun.Wait(TimeSpan.FromMinutes(2)).Should().BeTrue("nobody keeps readers from looking");
        for (int burst = 0; burst < 40; burst++) { Transfer(random, transfers / 40); }

        ITable final = await engine.Maintenance.WaitForAsync(
            "total", _ => engine.Maintenance.FreshnessOf("total").LagRecords == 0, new CancellationTokenSource(TimeSpan.FromSeconds(120)).Token);
        await done.CancelAsync();
        int[] moments = await Task.WhenAll(watching);

        final.Rows.Single().ToString().Should().Be($"(0, {Accounts})");
        moments.Should().OnlyContain(count => count > 0);
        engine.Tables["balances"].Version.Should().BeGreaterThan(100, "the transfers came in many ticks");
    }

    /// <summary>Looks at moments until told to stop; returns how many different ones there were.</summary>
    private static int Watch(CtasEngine engine, CountdownEvent begun, CancellationToken done)
    {
        int moments = 0;
        for (long last = -1; !done.IsCancellationRequested;)
        {
            RegistrySnapshot moment = engine.Tables.Snapshot();
            if (moment.Version == last) { continue; }

            if (moments++ == 0) { begun.Signal(); }

            last = moment.Version;
            Dictionary<long, decimal> balances = moment["balances"].Rows.ToDictionary(row => row.Get<long>(0), Balance);
            balances.Values.Sum().Should().Be(0, "money does not get lost");
            Balance(moment["total"].Rows.Single(), 0).Should().Be(0);
            foreach (Row row in moment["sides"].Rows) { Balance(row).Should().Be(balances[row.Get<long>(0)]); }
        }

        return moments;
    }

    private static decimal Balance(Row row) => Balance(row, 1);

    private static decimal Balance(Row row, int ordinal) =>
        Convert.ToDecimal(row[ordinal], System.Globalization.CultureInfo.InvariantCulture);

    private void Transfer(Random random, int count)
    {
        for (int transfer = 0; transfer < count; transfer++)
        {
            int payer = random.Next(Accounts);
            int payee = (payer + random.Next(1, Accounts)) % Accounts;
            _transfers.Add(InMemoryRecord.FromText(
                null, $$"""{"payer":{{payer}},"payee":{{payee}},"amount":{{random.Next(1, 100)}}}""") with
            {
                Partition = random.Next(3),
            });
        }
    }
}
