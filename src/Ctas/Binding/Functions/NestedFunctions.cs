using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>Functions of arrays and maps. Places count from 1.</summary>
internal static class NestedFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("ARRAY_LENGTH", "array ARRAY<T> -> INT", "map MAP<K, V> -> INT")
        {
            Aliases = ["CARDINALITY"],
            Meaning = "Number of elements or entries.",
            Example = new("ARRAY_LENGTH(ARRAY[1, NULL, 3])", "3"),
            Heritage = Heritage.Both,
        },
        new("ARRAY_CONTAINS", "array ARRAY<T>, value T -> BOOLEAN")
        {
            Meaning = "TRUE when the value is an element.",
            Example = new("ARRAY_CONTAINS(ARRAY[1, 2], 2)", "true"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A NULL value is looked for among the elements.",
        },
        new("ARRAY_POSITION", "array ARRAY<T>, value T -> INT")
        {
            Meaning = "Where the value first stands, from 1; NULL when it does not.",
            Example = new("ARRAY_POSITION(ARRAY['a', 'b'], 'b')", "2"),
            Heritage = Heritage.PostgreSql,
        },
        new("ARRAY_DISTINCT", "array ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "Each different element once, in the order in which it first stands.",
            Example = new("ARRAY_DISTINCT(ARRAY[2, 1, 2])", "[2, 1]"),
            Heritage = Heritage.KsqlDb,
        },
        new("ARRAY_SORT", "array ARRAY<T> [, direction VARCHAR] -> ARRAY<T>")
        {
            Meaning = "Sorted, NULLs last; 'DESC' sorts downwards.",
            Example = new("ARRAY_SORT(ARRAY[2, NULL, 1])", "[1, 2, NULL]"),
            Heritage = Heritage.Both,
            Checks = [ConstantChecks.OneOf(1, "ASC", "DESC")],
        },
        new("ARRAY_REVERSE", "array ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "The elements from last to first.",
            Example = new("ARRAY_REVERSE(ARRAY[1, 2, 3])", "[3, 2, 1]"),
            Heritage = Heritage.PostgreSql,
        },
        new("ARRAY_MIN", "array ARRAY<T> -> T")
        {
            Meaning = "The least element.",
            Example = new("ARRAY_MIN(ARRAY[2, NULL, 1])", "1"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL elements are left out.",
        },
        new("ARRAY_MAX", "array ARRAY<T> -> T")
        {
            Meaning = "The greatest element.",
            Example = new("ARRAY_MAX(ARRAY[2, NULL, 1])", "2"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL elements are left out.",
        },
        new("ARRAY_CONCAT", "left ARRAY<T>, right ARRAY<T> -> ARRAY<T>")
        {
            Aliases = ["ARRAY_CAT"],
            Meaning = "The elements of both.",
            Example = new("ARRAY_CONCAT(ARRAY[1], ARRAY[2, 1])", "[1, 2, 1]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A NULL array counts as empty beside another.",
        },
        new("ARRAY_APPEND", "array ARRAY<T>, value T -> ARRAY<T>")
        {
            Meaning = "With a value at the end.",
            Example = new("ARRAY_APPEND(ARRAY[1], 2)", "[1, 2]"),
            Heritage = Heritage.PostgreSql,
            Nulls = "A NULL array counts as empty, a NULL value is an element.",
        },
        new("ARRAY_PREPEND", "value T, array ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "With a value at the start.",
            Example = new("ARRAY_PREPEND(0, ARRAY[1])", "[0, 1]"),
            Heritage = Heritage.PostgreSql,
            Nulls = "A NULL array counts as empty, a NULL value is an element.",
        },
        new("ARRAY_REMOVE", "array ARRAY<T>, value T -> ARRAY<T>")
        {
            Meaning = "Without the elements that equal a value.",
            Example = new("ARRAY_REMOVE(ARRAY[1, 2, 1], 1)", "[2]"),
            Heritage = Heritage.Both,
            Nulls = "A NULL value removes NULL elements.",
        },
        new("ARRAY_UNION", "left ARRAY<T>, right ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "Each different element of both once.",
            Example = new("ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", "[1, 2, 3]"),
            Heritage = Heritage.KsqlDb,
        },
        new("ARRAY_EXCEPT", "left ARRAY<T>, right ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "Each different element of the first that is not in the second.",
            Example = new("ARRAY_EXCEPT(ARRAY[1, 2, 2], ARRAY[1])", "[2]"),
            Heritage = Heritage.KsqlDb,
        },
        new("ARRAY_INTERSECT", "left ARRAY<T>, right ARRAY<T> -> ARRAY<T>")
        {
            Meaning = "Each different element that is in both.",
            Example = new("ARRAY_INTERSECT(ARRAY[1, 2, 2], ARRAY[2, 3])", "[2]"),
            Heritage = Heritage.KsqlDb,
        },
        new("SLICE", "array ARRAY<T>, from INT, to INT -> ARRAY<T>")
        {
            Meaning = "The elements from one place to another, both from 1 and included.",
            Example = new("SLICE(ARRAY[1, 2, 3, 4], 2, 3)", "[2, 3]"),
            Heritage = Heritage.KsqlDb,
        },
        new("ARRAY_JOIN", "array ARRAY<T> [, separator VARCHAR] [, missing VARCHAR] -> VARCHAR")
        {
            Meaning = "The elements as text, with a separator, by default a comma.",
            Example = new("ARRAY_JOIN(ARRAY[1, NULL, 2], '-')", "1-null-2"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL elements are written as null, or as the third argument; a NULL separator is none.",
        },
        new("ARRAY_TO_STRING", "array ARRAY<T>, separator VARCHAR [, missing VARCHAR] -> VARCHAR")
        {
            Meaning = "The elements as text, with a separator.",
            Example = new("ARRAY_TO_STRING(ARRAY[1, NULL, 2], '-')", "1-2"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL elements are left out, or written as the third argument.",
        },
        new(
            "GENERATE_SERIES",
            "start INT, end INT [, step INT] -> ARRAY<INT>",
            "start BIGINT, end BIGINT [, step BIGINT] -> ARRAY<BIGINT>")
        {
            Aliases = ["SEQUENCE"],
            Meaning = "The whole numbers from one to another, both included.",
            Example = new("GENERATE_SERIES(1, 7, 3)", "[1, 4, 7]"),
            Heritage = Heritage.Both,
        },
        new(
            "TRANSFORM",
            "array ARRAY<T>, element (T) => U -> ARRAY<U>",
            "map MAP<K, V>, key (K, V) => L, value (K, V) => W -> MAP<L, W>")
        {
            Meaning = "Each element replaced by what a lambda makes of it; of a map keys and values.",
            Example = new("TRANSFORM(ARRAY[1, 2], x => x * 10)", "[10, 20]"),
            Heritage = Heritage.KsqlDb,
        },
        new(
            "FILTER",
            "array ARRAY<T>, condition (T) => BOOLEAN -> ARRAY<T>",
            "map MAP<K, V>, condition (K, V) => BOOLEAN -> MAP<K, V>")
        {
            Meaning = "The elements, or entries, for which a lambda is TRUE.",
            Example = new("FILTER(ARRAY[1, 2, 3], x => x > 1)", "[2, 3]"),
            Heritage = Heritage.KsqlDb,
        },
        new(
            "REDUCE",
            "array ARRAY<T>, state S, next (S, T) => S -> S",
            "map MAP<K, V>, state S, next (S, K, V) => S -> S")
        {
            Meaning = "The last state: a lambda makes the next one of a state and each element in turn.",
            Example = new("REDUCE(ARRAY[1, 2, 3], 0, (s, x) => s + x)", "6"),
            Heritage = Heritage.KsqlDb,
        },
        new("SPLIT", "text VARCHAR, separator VARCHAR -> ARRAY<VARCHAR>")
        {
            Meaning = "The parts between separators; an empty one gives the characters.",
            Example = new("SPLIT('a,b,', ',')", "[a, b, ]"),
            Heritage = Heritage.KsqlDb,
        },
        new("STRING_TO_ARRAY", "text VARCHAR, separator VARCHAR [, missing VARCHAR] -> ARRAY<VARCHAR>")
        {
            Meaning = "The parts between separators, an empty one separates nothing; parts that equal the third argument "
                + "are NULL. An empty text has no parts.",
            Example = new("STRING_TO_ARRAY('a,,c', ',', '')", "[a, NULL, c]"),
            Heritage = Heritage.PostgreSql,
            Nulls = "A NULL separator gives the characters.",
        },
        new("REGEXP_SPLIT_TO_ARRAY", "text VARCHAR, pattern VARCHAR -> ARRAY<VARCHAR>")
        {
            Meaning = "The parts between matches of a pattern.",
            Example = new("REGEXP_SPLIT_TO_ARRAY('a1b22c', '[0-9]+')", "[a, b, c]"),
            Heritage = Heritage.Both,
            Checks = [ConstantChecks.Regex(1)],
        },
        new("REGEXP_EXTRACT_ALL", "pattern VARCHAR, text VARCHAR [, group INT] -> ARRAY<VARCHAR>")
        {
            Meaning = "Every match, or a group of each. Mind the order.",
            Example = new("REGEXP_EXTRACT_ALL('[0-9]+', 'a1b22')", "[1, 22]"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.Regex(0)],
        },
        new("SPLIT_TO_MAP", "text VARCHAR, entries VARCHAR, pair VARCHAR -> MAP<VARCHAR, VARCHAR>")
        {
            Meaning = "Entries between one separator, each a key and a value between another.",
            Example = new("SPLIT_TO_MAP('a=1&b=2', '&', '=')", "{a: 1, b: 2}"),
            Heritage = Heritage.KsqlDb,
        },
        new("MAP_KEYS", "map MAP<K, V> -> ARRAY<K>")
        {
            Meaning = "The keys, ascending.",
            Example = new("MAP_KEYS(MAP('b' := 1, 'a' := 2))", "[a, b]"),
            Heritage = Heritage.KsqlDb,
        },
        new("MAP_VALUES", "map MAP<K, V> -> ARRAY<V>")
        {
            Meaning = "The values, in the order of their keys.",
            Example = new("MAP_VALUES(MAP('b' := 1, 'a' := 2))", "[2, 1]"),
            Heritage = Heritage.KsqlDb,
        },
        new("MAP_UNION", "left MAP<K, V>, right MAP<K, V> -> MAP<K, V>")
        {
            Meaning = "The entries of both; of equal keys the second one stays.",
            Example = new("MAP_UNION(MAP('a' := 1), MAP('a' := 2))", "{a: 2}"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A NULL map counts as empty beside another.",
        },
        new("AS_MAP", "keys ARRAY<K>, values ARRAY<V> -> MAP<K, V>")
        {
            Meaning = "The map of keys and their values.",
            Example = new("AS_MAP(ARRAY['a', 'b'], ARRAY[1, 2])", "{a: 1, b: 2}"),
            Heritage = Heritage.KsqlDb,
        },
        new("ARRAY_CUBE", "array ARRAY<T> -> ARRAY<ARRAY<T>>")
        {
            Meaning = "Every choice of the elements, the others NULL, from none to all; CUBE_EXPLODE(array) gives a row for each.",
            Example = new("ARRAY_CUBE(ARRAY['a', 'b'])", "[[NULL, NULL], [NULL, b], [a, NULL], [a, b]]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A NULL element is the same chosen or not, and comes once.",
        },
        new("ENTRIES", "map MAP<K, V> [, sorted BOOLEAN] -> ARRAY<ANY>")
        {
            Meaning = "The entries as STRUCT<K, V>, ascending by key.",
            Example = new("ENTRIES(MAP('a' := 1))[1]->V", "1"),
            Heritage = Heritage.KsqlDb,
            Result = types => DataType.Array(DataType.Struct([new("K", types[0].Key!), new("V", types[0].Element!)])),
        },
    ];
}
