using CsCheck;
using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class TimeOrderTests
{
    private sealed record Step(int Place, long Time, bool IsRemoved, long UpTo);

    [Fact]
    public void AddUpTo_RandomPlacesAndTimes_FindsWhatAPlainListFinds() =>
        Gen.Select(Gen.Int[0, 30], Gen.Long[0, 20], Gen.Int[0, 2], Gen.Long[-1, 21])
            .Select((place, time, kind, upTo) => new Step(place, time, kind == 0, upTo))
            .Array[0, 100]
            .Sample(Check);

    private static void Check(Step[] steps)
    {
        var order = new TimeOrder();
        var model = new Dictionary<int, long>();
        foreach (Step step in steps)
        {
            if (step.IsRemoved)
            {
                order.Remove(step.Place);
                model.Remove(step.Place);
            }
            else
            {
                order.Add(step.Place, step.Time);
                model.TryAdd(step.Place, step.Time);
            }

            List<int> found = [];
            order.AddUpTo(step.UpTo, found);
            found.Order().Should().Equal(model.Where(place => place.Value <= step.UpTo).Select(place => place.Key).Order());
            order.First.Should().Be(model.Count == 0 ? long.MaxValue : model.Values.Min());
        }
    }
}
