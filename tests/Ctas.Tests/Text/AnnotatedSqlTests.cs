using Ctas.Text;

namespace Ctas.Tests.Text;

public class AnnotatedSqlTests
{
    [Fact]
    public void Parse_OnePair_GivesTextAndSpan() =>
        AnnotatedSql.Parse("SELECT {amuont} FROM {{t}}").Should().Be(("SELECT amuont FROM {t}", new TextSpan(7, 13)));

    [Theory]
    [InlineData("none")]
    [InlineData("{a} {b}")]
    [InlineData("{a")]
    [InlineData("a}")]
    public void Parse_NotOnePair_Throws(string annotated)
    {
        Action parse = () => AnnotatedSql.Parse(annotated);
        parse.Should().Throw<ArgumentException>();
    }
}
