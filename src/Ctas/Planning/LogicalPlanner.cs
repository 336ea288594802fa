using System.Diagnostics;
using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;
using Ctas.Planning.Unnesting;

namespace Ctas.Planning;

/// <summary>
/// Turns a bound query into a logical plan: columns become ordinals, columns that nobody reads are left out, and
/// conditions move down to where fewer rows are made.
/// </summary>
/// <remarks>
/// One pass from the root down carries what is asked of a node (which columns, which conditions), and on the way up
/// come plan, ordinals, key and change kind. A condition moves past a join only when it cannot raise an error, so that
/// no row fails that the join would have dropped, and never below the side that the join fills with NULL.
/// </remarks>
internal static partial class LogicalPlanner
{
    /// <summary>What is asked of a node.</summary>
    /// <param name="Columns">The columns its consumer reads.</param>
    /// <param name="Conditions">Conjuncts over its columns that it must apply.</param>
    private sealed record Request(HashSet<ColumnSymbol> Columns, IReadOnlyList<BoundExpression> Conditions)
    {
        /// <summary>Everything read: the columns, and those of the conditions.</summary>
        public HashSet<ColumnSymbol> AllColumns()
        {
            HashSet<ColumnSymbol> all = [.. Columns];
            foreach (BoundExpression condition in Conditions) { condition.AddColumnsTo(all); }

            return all;
        }
    }

    /// <summary>A plan, and where it puts which column. It may have more columns than were asked for.</summary>
    private sealed record Lowered(LogicalPlan Plan, IReadOnlyDictionary<ColumnSymbol, int> Ordinals);

    /// <summary>Plans a table's query or an ad-hoc one.</summary>
    public static PlannedQuery Plan(BoundTable table)
    {
        IReadOnlyList<ColumnSymbol> columns = table.Relation.Columns;
        LogicalPlan plan = Exactly(Lower(SubqueryUnnesting.Of(table.Relation), new Request([.. columns], [])), columns);
        Schema schema = table.PrimaryKey.Count > 0 ? plan.Schema.WithKey([.. table.PrimaryKey]) : plan.Schema;
        return new PlannedQuery(plan, schema) { IsKeyDeclared = table.PrimaryKey.Count > 0, ReadsClock = table.ReadsClock };
    }

    /// <summary>Plans a table's query so that it can be followed in the way its statement asks for.</summary>
    public static PlannedQuery Plan(BoundTable table, TableStatement statement)
    {
        PlannedQuery query = Plan(table);
        bool isFollowed = statement.EmitsChanges || statement.EmitsFinal;
        return statement.IsStream && isFollowed ? query with { Plan = StreamJoins.Apply(query.Plan) } : query;
    }

    private static Lowered Lower(BoundRelation relation, Request request) => relation switch
    {
        BoundScan scan => LowerScan(scan, request),
        BoundSingleRow => WithConditions(
            new Lowered(new LogicalSingleRow(), new Dictionary<ColumnSymbol, int>()), request.Conditions),
        BoundFilter filter => Lower(
            filter.Input, request with { Conditions = [.. filter.Predicate.Conjuncts(), .. request.Conditions] }),
        BoundProject project => LowerProject(project, request),
        BoundJoin join => LowerJoin(join, request),
        BoundMatchJoin join => LowerMatchJoin(join, request),
        BoundSetOperation operation => LowerSetOperation(operation, request),
        BoundValues values => LowerValues(values, request),
        BoundGrouping grouping => LowerGrouping(grouping, request),
        BoundDistinct distinct => LowerDistinct(distinct, request),
        BoundUnnest unnest => LowerUnnest(unnest, request),
        BoundUnionAll union => LowerUnion(union, request),
        BoundSort sort => LowerSort(sort, request),
        BoundLimit limit => LowerLimit(limit, request),
        BoundWindows windows => LowerWindows(windows, request),
        BoundTimeWindow window => LowerTimeWindow(window, request),
        BoundRetention retention => LowerRetention(retention, request),
        _ => throw new UnreachableException($"No rule for {relation.GetType().Name}."),
    };

    private static Lowered LowerScan(BoundScan scan, Request request)
    {
        HashSet<ColumnSymbol> read = request.AllColumns();
        RelationSymbol relation = scan.Relation;

        // A changelog can be brought down to its last rows only by its key, so the key is always read.
        bool isChangelog = relation.IsSource && !relation.IsStream;
        OrdinalList relationKey = relation.Schema?.Key ?? OrdinalList.Empty;
        if (isChangelog) { read.UnionWith(relationKey.Select(ordinal => scan.Columns[ordinal])); }

        (ColumnSymbol Column, int Ordinal)[] columns =
        [
            .. scan.Columns.Concat(scan.PseudoColumns).Select((column, ordinal) => (column, ordinal))
                .Where(c => read.Contains(c.column)),
        ];
        Dictionary<ColumnSymbol, int> ordinals = Numbered(columns.Select(c => c.Column));
        int[] key = [.. relationKey.Select(ordinal => ordinals.GetValueOrDefault(scan.Columns[ordinal], -1))];
        bool hasKey = !relation.IsStream && key.Length > 0 && !key.Contains(-1);
        var schema = new Schema(columns.Select(c => AsField(c.Column)), hasKey ? key : []);
        OrdinalList tableOrdinals = relation.IsSource
            ? OrdinalList.Empty
            : new OrdinalList([.. columns.Select(c => c.Ordinal)]);
        var plan = new LogicalScan(relation.Name, relation.IsSource, tableOrdinals, schema, ScanKind(relation))
        {
            IsOpen = scan.IsOpen,
        };
        return WithConditions(new Lowered(plan, ordinals), request.Conditions);
    }

    private static ChangeKind ScanKind(RelationSymbol relation)
    {
        if (relation.IsStream) { return ChangeKind.AppendOnly; }

        if (!relation.IsSource) { return ChangeKind.Retract; }

        return relation.Schema is { HasKey: false } ? ChangeKind.AppendOnly : ChangeKind.Upsert;
    }

    private static Lowered LowerProject(BoundProject project, Request request)
    {
        Dictionary<ColumnSymbol, BoundExpression> definitions =
            project.Projections.ToDictionary(p => p.Column, p => p.Expression);

        // A condition moves below when it only needs columns that are handed through.
        bool IsHandedThrough(BoundExpression condition) =>
            condition.Columns().All(column => definitions[column] is BoundColumn);
        var substitution = new ColumnSubstitution(definitions);
        BoundExpression[] below = [.. request.Conditions.Where(IsHandedThrough).Select(substitution.Rewrite)];
        BoundExpression[] above = [.. request.Conditions.Where(condition => !IsHandedThrough(condition))];

        HashSet<ColumnSymbol> needed = new Request(request.Columns, above).AllColumns();
        BoundProjection[] kept = [.. project.Projections.Where(p => needed.Contains(p.Column))];
        HashSet<ColumnSymbol> read = [];
        foreach (BoundProjection projection in kept) { projection.Expression.AddColumnsTo(read); }

        Lowered input = Lower(project.Input, new Request(read, below));
        return WithConditions(Projected(input, kept), above);
    }

    private static Lowered Projected(Lowered input, BoundProjection[] projections)
    {
        // Columns that only get another name need no work: the same ordinals under new symbols.
        if (projections.All(p => p.Expression is BoundColumn))
        {
            Dictionary<ColumnSymbol, int> renamed =
                projections.ToDictionary(p => p.Column, p => input.Ordinals[((BoundColumn)p.Expression).Column]);
            return new Lowered(input.Plan, renamed);
        }

        ScalarExpression[] expressions = [.. projections.Select(p => Lower(p.Expression, input.Ordinals))];
        LogicalPlan plan = Project(input.Plan, expressions, projections.Select(p => AsField(p.Column)));
        return new Lowered(plan, Numbered(projections.Select(p => p.Column)));
    }

    /// <summary>The key goes on where every column of it is handed through unchanged.</summary>
    private static LogicalProject Project(LogicalPlan input, ScalarExpression[] expressions, IEnumerable<Field> fields)
    {
        // One that only picks columns of another is that other with fewer columns.
        if (input is LogicalProject inner && expressions.All(expression => expression is ColumnReference))
        {
            expressions = [.. expressions.Select(e => inner.Expressions[((ColumnReference)e).Ordinal])];
            input = inner.Input;
        }

        int[] key = [.. input.Schema.Key.Select(ordinal =>
            Array.FindIndex(expressions, e => e is ColumnReference column && column.Ordinal == ordinal))];
        return new LogicalProject(input, expressions, new Schema(fields, key.Contains(-1) ? [] : key), input.Kind);
    }

    private static Lowered LowerGrouping(BoundGrouping grouping, Request request)
    {
        Dictionary<ColumnSymbol, BoundExpression> keys = grouping.Keys.ToDictionary(k => k.Column, k => k.Expression);
        bool IsOfKeys(BoundExpression condition) =>
            keys.Count > 0 && !ExpressionRisks.CanRaise(condition) && EqualValues.AreKeptBy(condition)
                && condition.Columns() is { Count: > 0 } columns && columns.All(keys.ContainsKey);
        var substitution = new ColumnSubstitution(keys);
        BoundExpression[] below = [.. request.Conditions.Where(IsOfKeys).Select(substitution.Rewrite)];
        BoundExpression[] above = [.. request.Conditions.Where(condition => !IsOfKeys(condition))];

        HashSet<ColumnSymbol> needed = new Request(request.Columns, above).AllColumns();
        BoundProjection[] aggregates = [.. grouping.Aggregates.Where(a => needed.Contains(a.Column))];
        HashSet<ColumnSymbol> read = [];
        foreach (BoundProjection part in grouping.Keys.Concat(aggregates)) { part.Expression.AddColumnsTo(read); }

        Lowered input = Lower(grouping.Input, new Request(read, below));
        ColumnSymbol[] columns = [.. grouping.Keys.Concat(aggregates).Select(p => p.Column)];
        var plan = new LogicalAggregate(
            input.Plan,
            [.. grouping.Keys.Select(key => Lower(key.Expression, input.Ordinals))],
            [.. aggregates.Select(a => LowerAggregate((BoundAggregate)a.Expression, input.Ordinals))],
            new Schema(columns.Select(AsField), [.. Enumerable.Range(0, grouping.Keys.Count)]));
        return WithConditions(new Lowered(plan, Numbered(columns)), above);
    }

    private static Lowered LowerDistinct(BoundDistinct distinct, Request request)
    {
        // All columns decide whether rows are equal, asked for or not.
        IReadOnlyList<ColumnSymbol> columns = distinct.Columns;
        ILookup<bool, BoundExpression> conditions = request.Conditions.ToLookup(EqualValues.AreKeptBy);
        LogicalPlan input = Exactly(
            Lower(distinct.Input, new Request([.. columns], [.. conditions[true]])), columns);
        Schema keyed = input.Schema.WithKey([.. Enumerable.Range(0, columns.Count)]);
        return WithConditions(
            new Lowered(new LogicalDistinct(input) { Schema = keyed }, Numbered(columns)), [.. conditions[false]]);
    }

    private static Lowered LowerUnion(BoundUnionAll union, Request request)
    {
        IReadOnlyList<ColumnSymbol> all = union.Columns;
        HashSet<ColumnSymbol> needed = request.AllColumns();
        int[] kept = [.. Enumerable.Range(0, all.Count).Where(i => needed.Contains(all[i]))];
        LogicalPlan[] inputs = [.. union.Inputs.Select(input => LowerUnionInput(input, all, kept, request.Conditions))];
        ChangeKind kind = inputs.All(input => input.Kind == ChangeKind.AppendOnly)
            ? ChangeKind.AppendOnly
            : ChangeKind.Retract;
        ColumnSymbol[] columns = [.. kept.Select(i => all[i])];
        return new Lowered(
            new LogicalUnionAll(inputs, new Schema(columns.Select(AsField)), kind), Numbered(columns));
    }

    private static LogicalPlan LowerUnionInput(
        BoundRelation input, IReadOnlyList<ColumnSymbol> all, int[] kept, IReadOnlyList<BoundExpression> conditions)
    {
        // A column that only came to light by its name has no place in this input: it is NULL there.
        IReadOnlyList<ColumnSymbol> own = input.Columns;
        Dictionary<ColumnSymbol, BoundExpression> definitions = all.Select((column, i) => (column, Value: i < own.Count
                ? (BoundExpression)new BoundColumn(own[i])
                : new BoundConstant(null, column.Type)))
            .ToDictionary(c => c.column, c => c.Value);
        var aligned = new BoundProject(input, all.Select(column => new BoundProjection(column, definitions[column])));
        ColumnSymbol[] columns = [.. kept.Select(i => all[i])];
        return Exactly(Lower(aligned, new Request([.. columns], conditions)), columns, namesMatter: false);
    }

    private static Lowered LowerSort(BoundSort sort, Request request)
    {
        HashSet<ColumnSymbol> read = [.. request.Columns];
        foreach (BoundSortKey key in sort.Keys) { key.Expression.AddColumnsTo(read); }

        Lowered input = Lower(sort.Input, request with { Columns = read });
        SortKey[] keys =
            [.. sort.Keys.Select(k => new SortKey(Lower(k.Expression, input.Ordinals), k.IsDescending, k.NullsFirst))];
        return input with { Plan = new LogicalSort(input.Plan, keys) };
    }

    private static Lowered LowerLimit(BoundLimit limit, Request request)
    {
        // Which rows are kept depends on how many there are: conditions stay above.
        HashSet<ColumnSymbol> read = [.. request.AllColumns(), .. limit.Groups];
        Lowered input = Lower(limit.Input, new Request(read, []));
        var plan = new LogicalLimit(input.Plan, limit.Offset, limit.Count)
        {
            Groups = [.. limit.Groups.Select(group => Lower(new BoundColumn(group), input.Ordinals))],
        };
        return WithConditions(input with { Plan = plan }, request.Conditions);
    }

    /// <summary>
    /// The plan with these columns in this order and, where it matters, under these names; and no others.
    /// </summary>
    private static LogicalPlan Exactly(Lowered lowered, IReadOnlyList<ColumnSymbol> columns, bool namesMatter = true)
    {
        FieldList fields = lowered.Plan.Schema.Fields;
        bool isExact = fields.Count == columns.Count
            && columns.Select((column, i) => lowered.Ordinals[column] == i).All(isInPlace => isInPlace)
            && (!namesMatter || fields.Select(field => field.Name).SequenceEqual(columns.Select(column => column.Name)));
        return isExact
            ? lowered.Plan
            : Project(
                lowered.Plan,
                [.. columns.Select(column => new ColumnReference(lowered.Ordinals[column], StoredType(column.Type)))],
                columns.Select(AsField));
    }

    private static Dictionary<ColumnSymbol, int> Numbered(IEnumerable<ColumnSymbol> columns) =>
        columns.Select((column, ordinal) => (column, ordinal)).ToDictionary(c => c.column, c => c.ordinal);

    private static Field AsField(ColumnSymbol column) => new(column.Name, StoredType(column.Type));

    /// <summary>What is nothing but NULL is stored as VARCHAR.</summary>
    private static DataType StoredType(DataType type) => type.Kind switch
    {
        DataTypeKind.Null => DataType.Varchar,
        DataTypeKind.Array => DataType.Array(StoredType(type.Element!)),
        DataTypeKind.Map => DataType.Map(StoredType(type.Key!), StoredType(type.Element!)),
        DataTypeKind.Struct =>
            DataType.Struct(type.Fields.Select(field => field with { Type = StoredType(field.Type) })),
        _ => type,
    };
}
