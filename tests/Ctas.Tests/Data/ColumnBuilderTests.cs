using Ctas.Data;

namespace Ctas.Tests.Data;

public sealed class ColumnBuilderTests
{
    [Fact]
    public void Finish_NullsAtAnyPlaceAndRowsTakenBack_EqualsTheListAppended()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var builder = new FixedColumnBuilder<int>(DataType.Int);
            var expected = new List<int?>();
            for (int step = random.Next(500); step > 0; step--)
            {
                if (random.Next(20) == 0)
                {
                    int kept = random.Next(expected.Count + 1);
                    builder.TruncateTo(kept);
                    expected.RemoveRange(kept, expected.Count - kept);
                }
                else if (random.Next(30) == 0)
                {
                    builder.AppendNull();
                    expected.Add(null);
                }
                else
                {
                    builder.Append(step);
                    expected.Add(step);
                }
            }

            Column column = builder.Finish();
            Enumerable.Range(0, column.Length).Select(row => (int?)column.GetValue(row)).Should().Equal(expected);
        }
    }
}
