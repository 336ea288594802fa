using Ctas.Text;
using FluentAssertions;

namespace Ctas.Tests.Text;

/// <summary>Scripts that an engine refuses before anything is read.</summary>
internal static class Refusals
{
    /// <summary>Adds a script in which the place is drawn, and expects one diagnostic, with this code, at that place.</summary>
    public static void ShouldRefuse(this CtasEngineBuilder engine, string annotated, string code)
    {
        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);

        CtasCompilationException error = engine.AddScript(sql)
            .Invoking(builder => builder.Build()).Should().Throw<CtasCompilationException>().Which;

        error.Diagnostics.Should().ContainSingle();
        (error.Diagnostics[0].Code, error.Diagnostics[0].Span).Should().Be((code, span));
    }
}
