using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <content>UNNEST in FROM and in the SELECT list.</content>
internal sealed partial class QueryGenerator
{
    private static readonly ValueTag[] Arrays = [ValueTag.Ints, ValueTag.Words, ValueTag.Pairs, ValueTag.Grid];

    /// <summary>A table with the elements of an array of each row beside it; in a sub-query unless it comes first.</summary>
    private OracleRelation FromUnnest(string alias, bool isFirst)
    {
        OracleTable table = choices.Pick(tables);
        List<OracleColumn> columns = table.ColumnsOf(alias);
        ValueTag array = choices.Pick(Arrays);
        SqlPiece value = new ExpressionGenerator(choices, columns).Of(array, 1);
        string elements = NextAlias();
        SqlText text = $"{table.Name} AS {alias} CROSS JOIN UNNEST({value}) AS {elements} (item)";
        SqlPiece relation = SqlPiece.Of("relation", "from.unnest", text);
        if (isFirst)
        {
            return new OracleRelation(relation, [.. columns, OracleColumn.Named($"{elements}.item", ElementOf(array))]);
        }

        string around = NextAlias();
        return new OracleRelation(
            SqlPiece.Of("relation", null, $"(SELECT {alias}.*, {elements}.item FROM {relation}) AS {around}"),
            [.. table.ColumnsOf(around), OracleColumn.Named($"{around}.item", ElementOf(array))]);
    }

    /// <summary>Items of which one is the elements of an array; null when no column of the result can be.</summary>
    private SqlPiece? UnnestedList(IReadOnlyList<ValueTag> tags, OracleRelation from)
    {
        int item = Enumerable.Range(0, tags.Count).FirstOrDefault(i => Arrays.Any(array => Gives(array, tags[i])), -1);
        if (item < 0) { return null; }

        ValueTag array = Arrays.First(array => Gives(array, tags[item]));
        var rows = new ExpressionGenerator(choices, from.Columns);
        return SqlPiece.List(", ", tags.Select((tag, i) => i == item
            ? SqlPiece.Of("item", "select.unnest", $"UNNEST({rows.Of(array, 1)}) AS c{i}")
            : Item(rows.Of(tag, 1), i)));
    }

    private static bool Gives(ValueTag array, ValueTag element) => element.Accepts(ElementOf(array));

    private static ValueTag ElementOf(ValueTag array) => array.Type.Element!.Kind switch
    {
        DataTypeKind.Int => ValueTag.Int,
        DataTypeKind.Varchar => ValueTag.Varchar,
        DataTypeKind.Struct => ValueTag.Pair,
        _ => ValueTag.Ints,
    };
}
