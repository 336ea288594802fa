namespace Ctas.Binding.Functions;

/// <summary>Functions of JSON text.</summary>
internal static class JsonFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("EXTRACTJSONFIELD", "json VARCHAR, path VARCHAR -> VARCHAR")
        {
            Meaning = "What a path finds, text without quotes, structures as JSON: $.a['b'][0], [*] for every item, "
                + "..c at any depth, [?(@.x > 1)] for items that meet a condition.",
            Example = new("EXTRACTJSONFIELD('{\"a\": [{\"b\": \"x\"}]}', '$.a[0].b')", "x"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when the text is no JSON, or nothing is found.",
        },
        new("JSON_VALUE", "json VARCHAR, path VARCHAR -> VARCHAR")
        {
            Meaning = "The scalar that a path finds, as text; NULL for structures.",
            Example = new("JSON_VALUE('{\"a\": 1.50}', '$.a')", "1.50"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, or nothing is found.",
        },
        new("JSON_QUERY", "json VARCHAR, path VARCHAR -> VARCHAR")
        {
            Meaning = "The object or array that a path finds, as JSON; NULL for scalars.",
            Example = new("JSON_QUERY('{\"a\": [1, 2]}', '$.a')", "[1, 2]"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, or nothing is found.",
        },
        new("JSON_EXTRACT", "json VARCHAR, path VARCHAR -> VARCHAR")
        {
            Meaning = "What a path finds, as JSON.",
            Example = new("JSON_EXTRACT('{\"a\": [{\"b\": 1}, {\"b\": 2}]}', '$.a[*].b')", "[1,2]"),
            Heritage = Heritage.Own,
            Nulls = "NULL when the text is no JSON, or nothing is found.",
        },
        new("JSON_GET", "json VARCHAR, field VARCHAR -> VARCHAR", "json VARCHAR, place BIGINT -> VARCHAR")
        {
            Meaning = "A field of an object, or an item of an array by its place from 0 (negative: from the end), as JSON: "
                + "json -> 'field', json -> 0.",
            Example = new("JSON_GET('[1, {\"b\": \"x\"}]', -1)", "{\"b\": \"x\"}"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, or nothing is there.",
        },
        new("JSON_GET_TEXT", "json VARCHAR, field VARCHAR -> VARCHAR", "json VARCHAR, place BIGINT -> VARCHAR")
        {
            Meaning = "As JSON_GET, text without quotes: json ->> 'field'.",
            Example = new("JSON_GET_TEXT('{\"a\": 1, \"b\": \"x\"}', 'b')", "x"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, nothing is there, or it is null.",
        },
        new("JSON_EXTRACT_PATH", "json VARCHAR, steps VARCHAR... -> VARCHAR")
        {
            Meaning = "What is reached by stepping into fields and items, as JSON.",
            Example = new("JSON_EXTRACT_PATH('{\"a\": [1, {\"b\": \"x\"}]}', 'a', '1', 'b')", "\"x\""),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, or nothing is there.",
        },
        new("JSON_EXTRACT_PATH_TEXT", "json VARCHAR, steps VARCHAR... -> VARCHAR")
        {
            Meaning = "As JSON_EXTRACT_PATH, text without quotes.",
            Example = new("JSON_EXTRACT_PATH_TEXT('{\"a\": [1, {\"b\": \"x\"}]}', 'a', '1', 'b')", "x"),
            Heritage = Heritage.PostgreSql,
            Nulls = "NULL when the text is no JSON, nothing is there, or it is null.",
        },
        new("JSON_KEYS", "json VARCHAR -> ARRAY<VARCHAR>")
        {
            Meaning = "The names of an object's fields.",
            Example = new("JSON_KEYS('{\"a\": 1, \"b\": 2}')", "[a, b]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when the text is no JSON object.",
        },
        new("JSON_ITEMS", "json VARCHAR -> ARRAY<VARCHAR>")
        {
            Meaning = "The items of an array, as JSON.",
            Example = new("JSON_ITEMS('[1, {\"a\": 2}]')", "[1, {\"a\": 2}]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when the text is no JSON array.",
        },
        new("JSON_RECORDS", "json VARCHAR -> MAP<VARCHAR, VARCHAR>")
        {
            Meaning = "The fields of an object, their values as JSON.",
            Example = new("JSON_RECORDS('{\"a\": 1}')", "{a: 1}"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when the text is no JSON object.",
        },
        new("JSON_ARRAY_LENGTH", "json VARCHAR -> INT")
        {
            Meaning = "Number of items of an array.",
            Example = new("JSON_ARRAY_LENGTH('[1, 2, 3]')", "3"),
            Heritage = Heritage.Both,
            Nulls = "NULL when the text is no JSON array.",
        },
        new("JSON_ARRAY_CONTAINS", "json VARCHAR, value ANY -> BOOLEAN")
        {
            Meaning = "TRUE when the value, as JSON, is an item of an array.",
            Example = new("JSON_ARRAY_CONTAINS('[1, 2]', 2)", "true"),
            Heritage = Heritage.KsqlDb,
            Nulls = "A NULL value is looked for as null.",
        },
        new("JSON_CONCAT", "values VARCHAR... -> VARCHAR")
        {
            Meaning = "Objects as one object, of equal fields the last one; arrays and other values as one array.",
            Example = new("JSON_CONCAT('{\"a\": 1}', '{\"b\": 2}')", "{\"a\":1,\"b\":2}"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when one of them is no JSON.",
        },
        new("IS_JSON_STRING", "text VARCHAR -> BOOLEAN")
        {
            Meaning = "TRUE when the text is JSON.",
            Example = new("IS_JSON_STRING('[abc]')", "false"),
            Heritage = Heritage.KsqlDb,
            Nulls = "FALSE for NULL.",
        },
        new("TO_JSON_STRING", "value ANY -> VARCHAR")
        {
            Meaning = "Any value as JSON.",
            Example = new("TO_JSON_STRING(ARRAY[1, NULL])", "[1,null]"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL is null.",
        },
    ];
}
