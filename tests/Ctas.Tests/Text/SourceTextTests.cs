using Ctas.Text;

namespace Ctas.Tests.Text;

public class SourceTextTests
{
    [Theory]
    [InlineData("", 0, 1, 1)]
    [InlineData("abc", 0, 1, 1)]
    [InlineData("abc", 3, 1, 4)]
    [InlineData("a\nb", 1, 1, 2)]
    [InlineData("a\nb", 2, 2, 1)]
    [InlineData("a\r\nb", 2, 1, 3)]
    [InlineData("a\r\nb", 3, 2, 1)]
    [InlineData("a\rb", 2, 2, 1)]
    [InlineData("a\n\nb\n", 5, 4, 1)]
    public void PositionAt_CountsFromOne(string text, int offset, int line, int column) =>
        new SourceText(text).PositionAt(offset).Should().Be(new LinePosition(line, column));

    [Theory]
    [InlineData("ab\ncd\n", 0, "ab")]
    [InlineData("ab\ncd\n", 2, "ab")]
    [InlineData("ab\r\ncd", 3, "ab")]
    [InlineData("ab\ncd\n", 4, "cd")]
    [InlineData("ab\ncd\n", 6, "")]
    [InlineData("", 0, "")]
    public void LineAt_IsTheLineWithoutItsBreak(string text, int offset, string line)
    {
        var source = new SourceText(text);
        source[source.LineAt(offset)].ToString().Should().Be(line);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void PositionAt_OutsideTheText_Throws(int offset)
    {
        Action position = () => new SourceText("abc").PositionAt(offset);
        position.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void To_AnotherSpan_ReachesItsEnd()
    {
        new TextSpan(2, 4).To(new TextSpan(6, 9)).Should().Be(new TextSpan(2, 9));
        new TextSpan(2, 4).Length.Should().Be(2);
        new TextSpan(2, 4).ToString().Should().Be("[2, 4)");
    }
}
