namespace Ctas.Cli.Demo;

/// <summary>A question to the loaded tables, and the answer that must come.</summary>
/// <param name="Title">What is asked, in words.</param>
/// <param name="Sql">The question.</param>
/// <param name="Columns">The names of the answer's columns.</param>
/// <param name="Rows">The answer's rows as texts, null for NULL.</param>
internal sealed record DemoQuery(
    string Title, string Sql, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows);

/// <summary>A table that must be loaded.</summary>
/// <param name="Name">The table.</param>
/// <param name="Wave">Number of its wave, from 1.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Records">Source records read for it; 0 for a table made of tables.</param>
/// <param name="Bytes">Bytes of keys and values read for it; null for a file, where a reader may count line ends or not.</param>
internal sealed record DemoTable(string Name, int Wave, long Rows, long Records, long? Bytes);
