using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>Aggregates that pick rows of a group, or put all of them together.</summary>
internal static class ListAggregates
{
    private const string NullsCount = "NULLs count; NULL without rows.";

    private const string Arrival = "Rows come in the order of the scan: by offset within a partition, and in no fixed "
        + "order across partitions; ORDER BY inside the call fixes it.";

    private static readonly AggregateTraits Ordered = new() { IsOrderSensitive = true };

    private static readonly AggregateTraits Ends = new()
    {
        IsOrderSensitive = true,
        FirstConstant = 1,
        Complaint = values => values[0] is int and < 1 ? new ConstantComplaint(0, "Write a number from 1 on.") : null,
    };

    private static readonly AggregateTraits Top = new()
    {
        IsOrderSensitive = true,
        FirstConstant = ^1,

        // An ARRAY without elements, as it lies in memory.
        OfNoRows = new byte[sizeof(uint)],
        Complaint = values => values[0] is int and < 1 ? new ConstantComplaint(0, "Write a number from 1 on.") : null,
    };

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        Pick("FIRST", "The value of the first row.", "1") with
        {
            Aliases = ["ARBITRARY"],
            Nulls = NullsCount,
        },
        Pick("LAST", "The value of the last row.", "2") with { Nulls = NullsCount },
        Pick("ANY_VALUE", "Some value: the first one.", "1"),
        Offset("EARLIEST_BY_OFFSET", "first", "1"),
        Offset("LATEST_BY_OFFSET", "last", "2"),
        Best("ARG_MIN", "MIN_BY", "least", "a"),
        Best("ARG_MAX", "MAX_BY", "greatest", "b"),
        new("ARRAY_AGG", "value T -> ARRAY<T>")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["COLLECT_LIST", "LIST"],
            Aggregate = Ordered,
            Meaning = "All values.",
            Example = new("SELECT ARRAY_AGG(x ORDER BY x) FROM (SELECT 2 AS x UNION ALL SELECT 1) AS t", "[1, 2]"),
            Heritage = Heritage.Both,
            Nulls = NullsCount,
        },
        new("COLLECT_SET", "value T -> ARRAY<T>")
        {
            Kind = FunctionKind.Aggregate,
            Kernel = "ARRAY_AGG",
            Aggregate = Ordered with { IsDistinct = true },
            Meaning = "The different values, each where it first came.",
            Example = new(
                "SELECT COLLECT_SET(x) FROM (SELECT 2 AS x UNION ALL SELECT 1 UNION ALL SELECT 2) AS t", "[2, 1]"),
            Heritage = Heritage.KsqlDb,
            Nulls = NullsCount,
        },
        new("TOPK", TopForms)
        {
            Kind = FunctionKind.Aggregate,
            Aggregate = Top,
            Result = TopType,
            Meaning = "The k greatest values, the greatest first; with further columns STRUCTs of sort_col, col0, col1 ….",
            Example = new(
                "SELECT TOPK(x, 2) FROM (SELECT 1 AS x UNION ALL SELECT 3 UNION ALL SELECT 2) AS t", "[3, 2]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULLs are left out; empty without values.",
        },
        new("TOPKDISTINCT", "value T, k INT -> ARRAY<T>")
        {
            Kind = FunctionKind.Aggregate,
            Kernel = "TOPK",
            Aggregate = Top with { IsDistinct = true },
            Meaning = "The k greatest different values, the greatest first.",
            Example = new(
                "SELECT TOPKDISTINCT(x, 2) FROM (SELECT 3 AS x UNION ALL SELECT 3 UNION ALL SELECT 2) AS t", "[3, 2]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULLs are left out; empty without values.",
        },
        new("HISTOGRAM", "value TEXT -> MAP<VARCHAR, BIGINT>")
        {
            Kind = FunctionKind.Aggregate,
            Meaning = "How often each value comes.",
            Example = new("SELECT HISTOGRAM(x) FROM (SELECT 'a' AS x UNION ALL SELECT 'a') AS t", "{a: 2}"),
            Heritage = Heritage.KsqlDb,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
        new("STRING_AGG", "text TEXT [, separator VARCHAR] -> VARCHAR")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = ["LISTAGG", "GROUP_CONCAT"],
            Aggregate = Ordered with { FirstConstant = 1 },
            Meaning = "The texts one after the other, with a separator between; a comma when none is given. Also "
                + "LISTAGG(text, separator) WITHIN GROUP (ORDER BY …).",
            Example = new(
                "SELECT STRING_AGG(x, ', ' ORDER BY x) FROM (SELECT 'b' AS x UNION ALL SELECT 'a') AS t", "a, b"),
            Heritage = Heritage.PostgreSql,
            Nulls = AggregateFunctions.NothingWithoutValues,
        },
    ];

    private static ReadOnlySpan<string> TopForms => new[]
    {
        "value T, k INT -> ARRAY<T>",
        "value T, col0 ANY, k INT -> ARRAY<T>",
        "value T, col0 ANY, col1 ANY, k INT -> ARRAY<T>",
        "value T, col0 ANY, col1 ANY, col2 ANY, k INT -> ARRAY<T>",
    };

    private static DataType TopType(IReadOnlyList<DataType> types)
    {
        if (types.Count == 2) { return DataType.Array(types[0]); }

        IEnumerable<Field> others = types.Skip(1).SkipLast(1).Select((type, i) => new Field($"col{i}", Stored(type)));
        return DataType.Array(DataType.Struct(others.Prepend(new Field("sort_col", Stored(types[0])))));
    }

    private static DataType Stored(DataType type) => type.Kind == DataTypeKind.Null ? DataType.Varchar : type;

    private static FunctionEntry Pick(string name, string meaning, string result) => new(name, "value T -> T")
    {
        Kind = FunctionKind.Aggregate,
        Aggregate = Ordered,
        Meaning = meaning,
        Example = new($"SELECT {name}(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", result),
        Heritage = Heritage.Own,
        Nulls = AggregateFunctions.NothingWithoutValues,
    };

    private static FunctionEntry Offset(string name, string end, string result) => new(
        name, "value T [, ignoreNulls BOOLEAN] -> T", "value T, n INT [, ignoreNulls BOOLEAN] -> ARRAY<T>")
    {
        Kind = FunctionKind.Aggregate,
        Aggregate = Ends,
        Meaning = $"The {end} value that came, or the {end} n as they came. {Arrival}",
        Example = new($"SELECT {name}(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", result),
        Heritage = Heritage.KsqlDb,
        Nulls = "NULLs are left out, unless ignoreNulls is FALSE.",
    };

    private static FunctionEntry Best(string name, string alias, string extreme, string result) =>
        new(name, "value T, order U -> T")
        {
            Kind = FunctionKind.Aggregate,
            Aliases = [alias],
            Aggregate = Ordered,
            Meaning = $"The value of the row whose order is the {extreme}; of several the first.",
            Example = new($"SELECT {name}(x, y) FROM (SELECT 'a' AS x, 1 AS y UNION ALL SELECT 'b', 2) AS t", result),
            Heritage = Heritage.Own,
            Nulls = "Rows with a NULL in either are left out; NULL without rows.",
        };
}
