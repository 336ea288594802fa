namespace Ctas.Binding.Functions;

/// <summary>Parts of URLs, and parameters in them.</summary>
internal static class UrlFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("URL_EXTRACT_PROTOCOL", "url VARCHAR -> VARCHAR")
        {
            Meaning = "The protocol.",
            Example = new("URL_EXTRACT_PROTOCOL('https://example.com/a')", "https"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_HOST", "url VARCHAR -> VARCHAR")
        {
            Meaning = "The host.",
            Example = new("URL_EXTRACT_HOST('https://me@example.com:8080/a')", "example.com"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_PORT", "url VARCHAR -> INT")
        {
            Meaning = "The port, where it is written.",
            Example = new("URL_EXTRACT_PORT('https://example.com:8080/a')", "8080"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_PATH", "url VARCHAR -> VARCHAR")
        {
            Meaning = "The path.",
            Example = new("URL_EXTRACT_PATH('https://example.com/a/b?x=1')", "/a/b"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_QUERY", "url VARCHAR -> VARCHAR")
        {
            Meaning = "The query, without its question mark.",
            Example = new("URL_EXTRACT_QUERY('https://example.com/a?x=1&y=2')", "x=1&y=2"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_FRAGMENT", "url VARCHAR -> VARCHAR")
        {
            Meaning = "The fragment, without its hash mark.",
            Example = new("URL_EXTRACT_FRAGMENT('https://example.com/a#top')", "top"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_EXTRACT_PARAMETER", "url VARCHAR, name VARCHAR -> VARCHAR")
        {
            Meaning = "The decoded value of a parameter of the query.",
            Example = new("URL_EXTRACT_PARAMETER('https://example.com/?a=b%20c', 'a')", "b c"),
            Heritage = Heritage.KsqlDb,
            Nulls = "NULL when it is not there, or the text is no URL.",
        },
        new("URL_ENCODE_PARAM", "text VARCHAR -> VARCHAR")
        {
            Meaning = "As a parameter of a URL.",
            Example = new("URL_ENCODE_PARAM('a b&c')", "a+b%26c"),
            Heritage = Heritage.KsqlDb,
        },
        new("URL_DECODE_PARAM", "text VARCHAR -> VARCHAR")
        {
            Meaning = "What a parameter of a URL says.",
            Example = new("URL_DECODE_PARAM('a+b%26c')", "a b&c"),
            Heritage = Heritage.KsqlDb,
        },
    ];
}
