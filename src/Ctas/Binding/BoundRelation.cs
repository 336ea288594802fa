using Ctas.Data;

namespace Ctas.Binding;

/// <summary>
/// A relation made from relations, with resolved names. Columns are symbols, so rewriting needs no renumbering.
/// </summary>
internal abstract class BoundRelation
{
    /// <summary>The columns in order.</summary>
    public abstract IReadOnlyList<ColumnSymbol> Columns { get; }

    /// <summary>All columns that can be read, those too that are found by name only.</summary>
    public IReadOnlyList<ColumnSymbol> ReadableColumns => this switch
    {
        BoundScan scan => [.. scan.Columns, .. scan.PseudoColumns],
        BoundJoin join => [.. join.Left.ReadableColumns, .. join.Right.ReadableColumns],
        BoundLateralJoin join => [.. join.Left.ReadableColumns, .. join.Right.ReadableColumns],
        BoundMatchJoin { Mark: { } mark } join => [.. join.Left.ReadableColumns, mark],
        BoundMatchJoin join => join.Left.ReadableColumns,
        BoundFilter filter => filter.Input.ReadableColumns,
        _ => Columns,
    };

    /// <summary>True while further columns may come to light when the sources are read.</summary>
    public virtual bool IsOpen => false;

    /// <summary>The column called <paramref name="name"/> of an open relation, made if need be.</summary>
    public virtual ColumnSymbol AddOpenColumn(string name) =>
        throw new InvalidOperationException("The columns of this relation are known.");
}

/// <summary>Reads a table or a source.</summary>
/// <param name="relation">What is read.</param>
/// <param name="columns">One symbol for each column of the schema.</param>
/// <param name="pseudoColumns">Read by name only; not among <see cref="Columns"/>.</param>
/// <param name="openColumnType">Type of columns that come to light by being named.</param>
internal sealed class BoundScan(
    RelationSymbol relation,
    IEnumerable<ColumnSymbol> columns,
    IReadOnlyList<ColumnSymbol> pseudoColumns,
    DataType openColumnType) : BoundRelation
{
    private readonly List<ColumnSymbol> _columns = [.. columns];

    public RelationSymbol Relation { get; } = relation;

    public IReadOnlyList<ColumnSymbol> PseudoColumns { get; } = pseudoColumns;

    public override IReadOnlyList<ColumnSymbol> Columns => _columns;

    public override bool IsOpen => Relation.Schema is null;

    public override ColumnSymbol AddOpenColumn(string name)
    {
        var symbol = new ColumnSymbol(name, openColumnType);
        _columns.Add(symbol);
        return symbol;
    }
}

/// <summary>One row without columns.</summary>
internal sealed class BoundSingleRow : BoundRelation
{
    public override IReadOnlyList<ColumnSymbol> Columns => [];
}

/// <summary>A relation with the columns of its input.</summary>
internal abstract class BoundSameColumns(BoundRelation input) : BoundRelation
{
    public BoundRelation Input { get; } = input;

    public override IReadOnlyList<ColumnSymbol> Columns => Input.Columns;

    public override bool IsOpen => Input.IsOpen;

    public override ColumnSymbol AddOpenColumn(string name) => Input.AddOpenColumn(name);
}

/// <summary>Rows for which the predicate is TRUE.</summary>
internal sealed class BoundFilter(BoundRelation input, BoundExpression predicate) : BoundSameColumns(input)
{
    public BoundExpression Predicate { get; } = predicate;
}

/// <summary>One of equal rows.</summary>
internal sealed class BoundDistinct(BoundRelation input) : BoundSameColumns(input);

/// <summary>Ordered rows.</summary>
internal sealed class BoundSort(BoundRelation input, IReadOnlyList<BoundSortKey> keys) : BoundSameColumns(input)
{
    public IReadOnlyList<BoundSortKey> Keys { get; } = keys;
}

/// <summary>One ORDER BY item.</summary>
internal sealed record BoundSortKey(BoundExpression Expression, bool IsDescending, bool NullsFirst);

/// <summary>Rows [Offset, Offset + Count).</summary>
internal sealed class BoundLimit(BoundRelation input, long offset, long? count) : BoundSameColumns(input)
{
    public long Offset { get; } = offset;

    public long? Count { get; } = count;

    /// <summary>Columns whose groups of equal values are each limited on their own; empty: all rows together.</summary>
    public IReadOnlyList<ColumnSymbol> Groups { get; init; } = [];
}

/// <summary>A column and how it is computed.</summary>
internal sealed record BoundProjection(ColumnSymbol Column, BoundExpression Expression);

/// <summary>Computes one column per projection.</summary>
/// <param name="input">The input.</param>
/// <param name="projections">The columns known so far.</param>
/// <param name="openStars">Open relations of which <c>*</c> takes all columns, known or not.</param>
internal sealed class BoundProject(
    BoundRelation input, IEnumerable<BoundProjection> projections, params IReadOnlyList<BoundRelation> openStars)
    : BoundRelation
{
    private readonly List<BoundProjection> _projections = [.. projections];

    public BoundRelation Input { get; } = input;

    public IReadOnlyList<BoundProjection> Projections => _projections;

    public override IReadOnlyList<ColumnSymbol> Columns => [.. _projections.Select(projection => projection.Column)];

    public override bool IsOpen => openStars.Count > 0;

    public override ColumnSymbol AddOpenColumn(string name)
    {
        // Which of several open relations has the column is not known yet; the first stands for it.
        ColumnSymbol inner = openStars[0].AddOpenColumn(name);
        var outer = new ColumnSymbol(name, inner.Type);
        _projections.Add(new BoundProjection(outer, new BoundColumn(inner)));
        return outer;
    }
}

/// <summary>The kinds of join.</summary>
internal enum BoundJoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,

    /// <summary>Like Left, but a second match is an error.</summary>
    Single,
}

/// <summary>Joins two relations: left columns, then right ones.</summary>
internal sealed class BoundJoin(
    BoundJoinKind kind, BoundRelation left, BoundRelation right, BoundExpression? condition) : BoundRelation
{
    public BoundJoinKind Kind { get; } = kind;

    public BoundRelation Left { get; } = left;

    public BoundRelation Right { get; } = right;

    /// <summary>The whole ON condition; null for none.</summary>
    public BoundExpression? Condition { get; } = condition;

    /// <summary>The sub-query that a single join stands for, as it is written; null for other joins.</summary>
    public string? Subquery { get; init; }

    /// <summary>For how long rows wait for their match, where WITHIN says so with a GRACE PERIOD; null for ever.</summary>
    public BoundWithin? Within { get; init; }

    public override IReadOnlyList<ColumnSymbol> Columns => [.. Left.Columns, .. Right.Columns];
}

/// <summary>
/// Groups and aggregates: the keys, then the aggregates (whose expressions are <see cref="BoundAggregate"/>).
/// </summary>
internal sealed class BoundGrouping(
    BoundRelation input, IReadOnlyList<BoundProjection> keys, IReadOnlyList<BoundProjection> aggregates) : BoundRelation
{
    public BoundRelation Input { get; } = input;

    public IReadOnlyList<BoundProjection> Keys { get; } = keys;

    public IReadOnlyList<BoundProjection> Aggregates { get; } = aggregates;

    public override IReadOnlyList<ColumnSymbol> Columns => [.. Keys.Concat(Aggregates).Select(p => p.Column)];
}

/// <summary>All rows of all inputs, whose columns match by position and have equal types.</summary>
internal sealed class BoundUnionAll(
    IReadOnlyList<BoundRelation> inputs, IEnumerable<ColumnSymbol> columns, bool isOpen, DataType openColumnType)
    : BoundRelation
{
    private readonly List<ColumnSymbol> _columns = [.. columns];

    public IReadOnlyList<BoundRelation> Inputs { get; } = inputs;

    public override IReadOnlyList<ColumnSymbol> Columns => _columns;

    public override bool IsOpen => isOpen;

    /// <summary>Type of columns that come to light by being named.</summary>
    public DataType OpenColumnType => openColumnType;

    public override ColumnSymbol AddOpenColumn(string name)
    {
        // Columns of UNION go by position, which only the read columns will tell.
        var symbol = new ColumnSymbol(name, openColumnType);
        _columns.Add(symbol);
        return symbol;
    }
}
