using Ctas.Text;

namespace Ctas.Tests.Text;

public class ClosestNameTests
{
    [Theory]
    [InlineData("amuont", "amount")]
    [InlineData("AMOUNT", "amount")]
    [InlineData("amont", "amount")]
    [InlineData("amountt", "amount")]
    [InlineData("custmer_idd", "customer_id")]
    [InlineData("ie", "id")]
    [InlineData("x", null)]
    [InlineData("total", null)]
    [InlineData("", null)]
    public void Find_NameWithTypingMistakes_GivesTheNearest(string name, string? expected) =>
        ClosestName.Find(name, ["id", "amount", "customer_id"]).Should().Be(expected);

    [Fact]
    public void Find_EquallyNear_IsIndependentOfOrder()
    {
        ClosestName.Find("cat", ["bat", "car", "cats"]).Should().Be("bat");
        ClosestName.Find("cat", ["cats", "car", "bat"]).Should().Be("bat");
        ClosestName.Find("minutse", ["MINUTE", "MINUTES"]).Should().Be("MINUTES");
    }

    [Fact]
    public void Find_VeryLongName_GivesNone() =>
        ClosestName.Find(new string('a', 1_000), [new string('a', 1_000)]).Should().BeNull();

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("abc", "abcd", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_CountsEdits(string left, string right, int distance)
    {
        ClosestName.Distance(left, right).Should().Be(distance);
        ClosestName.Distance(right, left).Should().Be(distance);
    }
}
