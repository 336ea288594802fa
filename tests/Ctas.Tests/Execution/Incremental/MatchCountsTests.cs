using Ctas.Execution.Incremental;
using Ctas.Execution.State;

namespace Ctas.Tests.Execution.Incremental;

public sealed class MatchCountsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomTicks_AreThoseOfADictionary(int seed)
    {
        var random = new Random(seed);
        var counts = new MatchCounts();
        var model = new Dictionary<int, (long Yes, long Unknown)>();
        for (int tick = 0; tick < 300; tick++)
        {
            var before = new Dictionary<int, (long Yes, long Unknown)>(model);
            for (int change = random.Next(40); change > 0; change--) { Add(random, counts, model); }

            for (int place = 0; place < 220; place++)
            {
                (long yes, long unknown) = model.GetValueOrDefault(place);
                counts.Now(place).Should().Be(MatchOf(yes, unknown));
                counts.CountNow(place).Should().Be(yes);
                (yes, unknown) = before.GetValueOrDefault(place);
                counts.Before(place).Should().Be(MatchOf(yes, unknown));
            }

            if (random.Next(3) > 0) { Commit(random, counts, model); }
            else
            {
                counts.Rollback();
                model = before;
            }
        }
    }

    private static void Add(Random random, MatchCounts counts, Dictionary<int, (long Yes, long Unknown)> model)
    {
        int place = random.Next(200);
        (long yes, long unknown) = model.GetValueOrDefault(place);
        var match = (Match)random.Next(3);
        long weight = random.NextInt64(-Math.Min(match == Match.Yes ? yes : unknown, 3), 4);
        counts.Add(place, match, weight);
        if (match == Match.Yes) { yes += weight; }
        else if (match == Match.Unknown) { unknown += weight; }

        model[place] = (yes, unknown);
    }

    /// <summary>Keeps the tick, and forgets a row that goes with it.</summary>
    private static void Commit(Random random, MatchCounts counts, Dictionary<int, (long Yes, long Unknown)> model)
    {
        int gone = random.Next(200);
        counts.Clear(gone);
        counts.Commit();
        model.Remove(gone);
    }

    private static Match MatchOf(long yes, long unknown) => yes > 0 ? Match.Yes : unknown > 0 ? Match.Unknown : Match.No;
}
