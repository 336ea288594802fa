using CsCheck;
using Ctas.Maintenance;
using Ctas.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>For how long the oldest record has been known that is not applied.</summary>
public sealed class LagMarksTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Age_ApplyingPartOfWhatIsKnown_IsThatOfTheRest()
    {
        LagMarks marks = new(At(0, 0), _time);
        marks.Note(At(1, 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        marks.Note(At(1, 4));
        _time.Advance(TimeSpan.FromSeconds(2));

        marks.Age.Should().Be(TimeSpan.FromSeconds(3));
        marks.Apply(At(1, 3));
        marks.Age.Should().Be(TimeSpan.FromSeconds(2));
        marks.Apply(At(1, 4));
        marks.Age.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Note_OfWhatHasBeenAppliedMeanwhile_IsNoLag()
    {
        LagMarks marks = new(At(0, 0), _time);

        marks.Apply(At(2, 2));
        marks.Note(At(2, 1));

        _time.Advance(TimeSpan.FromSeconds(1));
        marks.Age.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Note_PartitionThatWasAdded_CountsFromItsFirstRecord()
    {
        LagMarks marks = new([new PartitionOffset(0, 7)], _time);

        marks.Note([new PartitionOffset(0, 7), new PartitionOffset(1, 1)]);

        _time.Advance(TimeSpan.FromSeconds(1));
        marks.Age.Should().Be(TimeSpan.FromSeconds(1));
    }

    /// <summary>A table that is behind by the same all the time, while far more ends become known than are kept.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(5000)]
    public void Age_SteadyLag_StaysWhatItIs(int behind)
    {
        LagMarks marks = new([new PartitionOffset(0, 0)], _time);
        for (int end = 1; end <= 20_000; end++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            marks.Note([new PartitionOffset(0, end)]);
            marks.Apply([new PartitionOffset(0, Math.Max(0, end - behind))]);
        }

        marks.Age.TotalSeconds.Should().BeInRange(behind - 1, behind * 1.25);
    }

    [Fact]
    public void Age_AfterCatchingUpFromFarBehind_IsThatOfTheLittleThatIsLeft()
    {
        LagMarks marks = new([new PartitionOffset(0, 0)], _time);
        for (int end = 1; end <= 20_000; end++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            marks.Note([new PartitionOffset(0, end)]);
        }

        marks.Apply([new PartitionOffset(0, 19_900)]);

        marks.Age.TotalSeconds.Should().BeInRange(99, 125);
    }

    /// <summary>Against the time of every single record, each known when it came.</summary>
    [Fact]
    public void Age_AnyHistory_IsNeverTooSmallAndExactWhileFewAreKept() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 40]).List[1, 400].Sample(steps =>
        {
            var time = new FakeTimeProvider();
            LagMarks marks = new([new PartitionOffset(0, 0)], time);
            Queue<DateTimeOffset> known = [];
            (long end, long applied, int most) = (0, 0, 0);
            foreach ((int kind, int count) in steps)
            {
                if (kind == 0) { time.Advance(TimeSpan.FromSeconds(count)); }
                else if (kind == 1)
                {
                    end++;
                    known.Enqueue(time.GetUtcNow());
                    most = Math.Max(most, known.Count);
                    marks.Note([new PartitionOffset(0, end)]);
                }
                else
                {
                    for (int i = 0; i < count % 8 && known.TryDequeue(out _); i++) { applied++; }

                    marks.Apply([new PartitionOffset(0, applied)]);
                }

                TimeSpan age = known.TryPeek(out DateTimeOffset oldest) ? time.GetUtcNow() - oldest : TimeSpan.Zero;
                if (most <= 64) { marks.Age.Should().Be(age); }
                else { marks.Age.Should().BeGreaterThanOrEqualTo(age); }
            }
        });

    private static PartitionOffset[] At(long first, long second) => [new(0, first), new(1, second)];
}
