using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundRelation BindSetOperation(SetOperationSyntax operation, CommonTables? commonTables)
    {
        // A chain of UNIONs leans to the left: walking down there keeps the stack flat, however long it is.
        if (operation.Operator != SetOperator.Union)
        {
            string name = operation.Operator.ToString().ToUpperInvariant();
            BindBody(operation.Left, commonTables);
            BindBody(operation.Right, commonTables);
            return RefuseRelation(operation, operation.IsAll ? $"{name} ALL" : name);
        }

        List<(QueryBodySyntax Body, SetOperationSyntax Operation)> operands = [];
        QueryBodySyntax first = operation;
        while (first is SetOperationSyntax { Operator: SetOperator.Union } union
            && union.IsAll == operation.IsAll)
        {
            operands.Add((union.Right, union));
            first = union.Left;
        }

        operands.Reverse();
        List<BoundRelation> inputs = [BindBody(first, commonTables)];
        inputs.AddRange(operands.Select(operand => BindBody(operand.Body, commonTables)));
        BoundRelation all = UnionAll(inputs, [.. operands.Select(operand => operand.Body)]);
        return operation.IsAll ? all : new BoundDistinct(all);
    }

    /// <summary>
    /// Brings the columns of all inputs to common types, by position; the names are those of the first.
    /// </summary>
    private BoundUnionAll UnionAll(List<BoundRelation> inputs, QueryBodySyntax[] others)
    {
        bool isOpen = inputs.Any(input => input.IsOpen);
        IReadOnlyList<ColumnSymbol> first = inputs[0].Columns;
        var types = first.Select(column => column.Type).ToArray();
        bool hasMistake = false;
        for (int i = 1; i < inputs.Count && !isOpen; i++)
        {
            IReadOnlyList<ColumnSymbol> columns = inputs[i].Columns;
            if (columns.Count != first.Count)
            {
                Report(BindingDiagnostics.ColumnCounts(
                    others[i - 1].Span, "this side of UNION", first.Count, columns.Count));
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

                string construct = $"UNION column \"{first[ordinal].Name}\"";
                Report(BindingDiagnostics.TypesDiffer(
                    others[i - 1].Span, construct, types[ordinal], columns[ordinal].Type));
                types[ordinal] = DataType.Unknown;
                hasMistake = true;
            }
        }

        ColumnSymbol[] results = [.. first.Select((column, i) => new ColumnSymbol(column.Name, types[i]))];
        return new BoundUnionAll(
            [.. inputs.Select(input => hasMistake || isOpen ? input : Coerced(input, types))],
            results,
            isOpen || hasMistake,
            openColumnType);
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
