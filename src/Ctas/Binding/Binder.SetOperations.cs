using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundRelation BindSetOperation(SetOperationSyntax operation, CommonTables? commonTables)
    {
        // A chain of UNIONs or EXCEPTs leans to the left: walking down there keeps the stack flat, however long it is.
        List<SetOperationSyntax> chain = [];
        QueryBodySyntax first = operation;
        while (first is SetOperationSyntax link)
        {
            chain.Add(link);
            first = link.Left;
        }

        chain.Reverse();
        BoundRelation left = BindBody(first, commonTables);
        for (int next = 0; next < chain.Count;)
        {
            SetOperationSyntax link = chain[next];
            if (link.Operator != SetOperator.Union)
            {
                left = BindDifference(left, link, BindBody(link.Right, commonTables));
                next++;
                continue;
            }

            // UNIONs of one kind after another take all their inputs at once.
            List<BoundRelation> inputs = [left];
            List<QueryBodySyntax> others = [];
            for (; next < chain.Count && chain[next].Operator == SetOperator.Union && chain[next].IsAll == link.IsAll; next++)
            {
                inputs.Add(BindBody(chain[next].Right, commonTables));
                others.Add(chain[next].Right);
            }

            BoundUnionAll all = UnionAll(inputs, [.. others]);
            left = link.IsAll ? all : new BoundDistinct(all);
        }

        return left;
    }

    private BoundSetOperation BindDifference(BoundRelation left, SetOperationSyntax operation, BoundRelation right)
    {
        bool isIntersect = operation.Operator == SetOperator.Intersect;
        string name = operation.Operator.ToString().ToUpperInvariant();
        bool isOpen = left.IsOpen || right.IsOpen;
        if (!isOpen && CommonTypes([left, right], [operation.Right], name) is { } types)
        {
            (left, right) = (Coerced(left, types), Coerced(right, types));
        }

        return new BoundSetOperation(isIntersect, operation.IsAll, left, right);
    }

    /// <summary>
    /// Brings the columns of all inputs to common types, by position; the names are those of the first.
    /// </summary>
    private BoundUnionAll UnionAll(List<BoundRelation> inputs, QueryBodySyntax[] others)
    {
        bool isOpen = inputs.Any(input => input.IsOpen);
        IReadOnlyList<ColumnSymbol> first = inputs[0].Columns;
        DataType[]? types = isOpen ? null : CommonTypes(inputs, others, "UNION");
        ColumnSymbol[] results =
            [.. first.Select((column, i) => new ColumnSymbol(column.Name, types is null ? column.Type : types[i]))];
        return new BoundUnionAll(
            [.. inputs.Select(input => types is null ? input : Coerced(input, types))],
            results,
            types is null,
            openColumnType);
    }

    /// <summary>The types that all inputs can be brought to; null after a mistake, which is reported.</summary>
    private DataType[]? CommonTypes(List<BoundRelation> inputs, QueryBodySyntax[] others, string construct)
    {
        IReadOnlyList<ColumnSymbol> first = inputs[0].Columns;
        var types = first.Select(column => column.Type).ToArray();
        bool hasMistake = false;
        for (int i = 1; i < inputs.Count; i++)
        {
            IReadOnlyList<ColumnSymbol> columns = inputs[i].Columns;
            if (columns.Count != first.Count)
            {
                Report(BindingDiagnostics.ColumnCounts(
                    others[i - 1].Span, $"this side of {construct}", first.Count, columns.Count));
                hasMistake = true;
                continue;
            }

            for (int ordinal = 0; ordinal < types.Length; ordinal++)
            {
                if (TypeRules.Common(types[ordinal], columns[ordinal].Type) is { } common)
                {
                    types[ordinal] = common;
                    continue;
                }

                Report(BindingDiagnostics.TypesDiffer(
                    others[i - 1].Span,
                    $"{construct} column \"{first[ordinal].Name}\"",
                    WrittenOperand.Of(types[ordinal]),
                    WrittenOperand.Of(columns[ordinal].Type)));
                types[ordinal] = DataType.Unknown;
                hasMistake = true;
            }
        }

        return hasMistake ? null : types;
    }

    private static BoundRelation Coerced(BoundRelation input, DataType[] types)
    {
        IReadOnlyList<ColumnSymbol> columns = input.Columns;
        return columns.Select(column => column.Type).SequenceEqual(types)
            ? input
            : new BoundProject(input, columns.Select((column, i) => new BoundProjection(
                new ColumnSymbol(column.Name, types[i]), Coercion.To(new BoundColumn(column), types[i]))));
    }
}
