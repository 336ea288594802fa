using System.Diagnostics;

namespace Ctas.Syntax;

/// <content>Windows over rows.</content>
internal sealed partial class SyntaxPrinter
{
    private void AppendOver(OverSyntax over)
    {
        _text.Append(" OVER ");

        // Before EMIT and WITHIN, OVER is an alias.
        bool isNameOnly = over is { IsNameOnly: true, Window: { } name }
            && (name.IsQuoted || Keywords.Find(name.Text) is not (Keyword.Emit or Keyword.Within));
        if (isNameOnly) { AppendName(over.Window!); }
        else { AppendWindow(over); }
    }

    private void AppendNamedWindow(NamedWindowSyntax window)
    {
        AppendName(window.Name);
        _text.Append(" AS ");
        AppendWindow(window.Window);
    }

    private void AppendWindow(OverSyntax over)
    {
        _text.Append('(');
        string separator = "";
        if (over.Window is { } window)
        {
            AppendName(window);
            separator = " ";
        }

        if (!over.PartitionBy.IsEmpty)
        {
            _text.Append(separator).Append("PARTITION BY ");
            AppendList(over.PartitionBy, AppendListed);
            separator = " ";
        }

        if (!over.OrderBy.IsEmpty)
        {
            AppendOrderBy(over.OrderBy, $"{separator}ORDER BY ");
            separator = " ";
        }

        if (over.Frame is { } frame)
        {
            _text.Append(separator).Append(Word(frame.Unit)).Append(" BETWEEN ");
            AppendFrameBound(frame.Start);
            _text.Append(" AND ");
            AppendFrameBound(frame.End);
            _text.Append(ExclusionText(frame.Exclusion));
        }

        _text.Append(')');
    }

    private void AppendFrameBound(FrameBoundSyntax bound)
    {
        if (bound.Offset is { } offset) { AppendExpression(offset, Precedence.Range + 1); }

        _text.Append(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => " PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => " FOLLOWING",
            FrameBoundKind.UnboundedFollowing => "UNBOUNDED FOLLOWING",
            _ => throw new UnreachableException($"No rule for {bound.Kind}."),
        });
    }

    private static string ExclusionText(FrameExclusion exclusion) => exclusion switch
    {
        FrameExclusion.CurrentRow => " EXCLUDE CURRENT ROW",
        FrameExclusion.Group => " EXCLUDE GROUP",
        FrameExclusion.Ties => " EXCLUDE TIES",
        _ => "",
    };
}
