using Ctas.Syntax;

namespace Ctas.Binding;

/// <summary>One relation of FROM, under the name that qualifies its columns.</summary>
/// <param name="Name">Alias, or the name of the relation; null for a sub-query without alias.</param>
/// <param name="Relation">Its columns.</param>
internal sealed record ScopeTable(string? Name, BoundRelation Relation)
{
    /// <summary>Columns found by name only.</summary>
    public IReadOnlyList<ColumnSymbol> PseudoColumns => (Relation as BoundScan)?.PseudoColumns ?? [];
}

/// <summary>
/// A name that stands for an expression: a column that USING made one, or an alias of the SELECT list.
/// </summary>
internal sealed record ScopeName(string Name, BoundExpression Expression)
{
    /// <summary>The columns that USING made this one; null for a name that hides all columns of its name.</summary>
    public IReadOnlySet<ColumnSymbol>? Columns { get; init; }

    /// <summary>The table before whose columns * shows it; null: before all.</summary>
    public ScopeTable? Before { get; init; }

    /// <summary>True for a column that is found under this name only, unless its table is named.</summary>
    public bool Hides(ColumnSymbol column) =>
        Columns?.Contains(column) ?? string.Equals(Name, column.Name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A column that a name may mean.</summary>
internal sealed record ScopeMatch(string? Table, BoundExpression Expression, string Name);

/// <summary>Where the column names of one SELECT are looked up. Immutable.</summary>
/// <param name="Tables">The relations of FROM, from left to right.</param>
/// <param name="Merged">The columns that USING made one, which stand for those of the tables; parameters of lambdas.</param>
/// <param name="Aliases">What is looked at last.</param>
internal sealed record Scope(
    IReadOnlyList<ScopeTable> Tables, IReadOnlyList<ScopeName> Merged, IReadOnlyList<ScopeName> Aliases)
{
    /// <summary>The windows that OVER can name, each with everything it takes from others.</summary>
    public IReadOnlyList<NamedWindowSyntax> Windows { get; init; } = [];

    /// <summary>True when the SELECT list holds columns that are not known yet: positions may mean them.</summary>
    public bool HasOpenStar { get; init; }

    /// <summary>Names that the SELECT list gives later, which cannot be read here; for hints.</summary>
    public IReadOnlyList<NameSyntax> LaterNames { get; init; } = [];

    /// <summary>A scope without columns.</summary>
    public static Scope Empty { get; } = new([], [], []);

    /// <summary>What sub-queries in expressions can read beside tables; null for none.</summary>
    public CommonTables? CommonTables { get; init; }

    /// <summary>Every column name, for suggestions.</summary>
    public IEnumerable<string> ColumnNames =>
        Tables.SelectMany(table => table.Relation.Columns.Concat(table.PseudoColumns).Select(column => column.Name))
            .Concat(Aliases.Select(alias => alias.Name));

    /// <summary>The table under that name; null when there is none.</summary>
    public ScopeTable? FindTable(NameSyntax name) =>
        Tables.FirstOrDefault(table => table.Name is { } known && IsMeant(known, name));

    /// <summary>The alias that hides a relation of that name; null when there is none.</summary>
    public string? AliasOf(NameSyntax name) => Tables.FirstOrDefault(
        table => table.Relation is BoundScan scan && IsMeant(scan.Relation.Name, name))?.Name;

    /// <summary>All columns the name may mean: one is the answer, none an error, more an ambiguity.</summary>
    public IReadOnlyList<ScopeMatch> Lookup(NameSyntax name)
    {
        ScopeName[] merged = [.. Merged.Where(m => IsMeant(m.Name, name))];
        ScopeMatch[] named = [.. merged.Select(m => new ScopeMatch(null, m.Expression, m.Name))];
        if (merged.Any(m => m.Columns is null)) { return named; }

        // A table that takes no part in USING may have a column of that name too.
        ScopeMatch[] columns =
        [
            .. named,
            .. Tables.SelectMany(table => Lookup(
                table, [.. table.Relation.Columns.Where(column => !Array.Exists(merged, m => m.Hides(column)))], name)),
        ];
        if (columns.Length > 0) { return columns; }

        ScopeMatch[] pseudo = [.. Tables.SelectMany(table => Lookup(table, table.PseudoColumns, name))];
        if (pseudo.Length > 0) { return pseudo; }

        ScopeMatch[] aliases =
        [
            .. Aliases.Where(a => IsMeant(a.Name, name)).Take(1)
                .Select(a => new ScopeMatch(null, a.Expression, a.Name)),
        ];
        if (aliases.Length > 0) { return aliases; }

        // A relation whose columns are not known yet may have it; of several the first stands for all.
        return Tables.FirstOrDefault(table => table.Relation.IsOpen) is { } open ? LookupOpen(open, name) : [];
    }

    /// <summary>The columns of tables that a name, which means one thing, stands for.</summary>
    public IReadOnlySet<ColumnSymbol> ColumnsOf(NameSyntax name) =>
        Merged.FirstOrDefault(m => IsMeant(m.Name, name))?.Columns
            ?? Lookup(name).Select(match => match.Expression).OfType<BoundColumn>().Select(found => found.Column).ToHashSet();

    /// <summary>All columns of one table the name may mean.</summary>
    public static IReadOnlyList<ScopeMatch> LookupIn(ScopeTable table, NameSyntax name)
    {
        ScopeMatch[] columns = Lookup(table, table.Relation.Columns, name);
        if (columns.Length > 0) { return columns; }

        ScopeMatch[] pseudo = Lookup(table, table.PseudoColumns, name);
        if (pseudo.Length > 0) { return pseudo; }

        return table.Relation.IsOpen ? LookupOpen(table, name) : [];
    }

    /// <summary>A quoted name is meant exactly, another ignoring case.</summary>
    public static bool IsMeant(string known, NameSyntax name) => string.Equals(
        known, name.Text, name.IsQuoted ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private static ScopeMatch[] Lookup(ScopeTable table, IReadOnlyList<ColumnSymbol> columns, NameSyntax name)
    {
        ColumnSymbol[] found = [.. columns.Where(column => IsMeant(column.Name, name))];

        // "Id" and "id" side by side: the one written like the name is meant.
        if (found.Length > 1 && found.Where(column => column.Name == name.Text).ToArray() is [var exact])
        {
            found = [exact];
        }

        return [.. found.Select(column => new ScopeMatch(table.Name, new BoundColumn(column), column.Name))];
    }

    private static ScopeMatch[] LookupOpen(ScopeTable table, NameSyntax name) =>
        [new ScopeMatch(table.Name, new BoundColumn(table.Relation.AddOpenColumn(name.Text)), name.Text)];
}
