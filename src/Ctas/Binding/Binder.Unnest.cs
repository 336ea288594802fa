using System.Globalization;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

/// <content>UNNEST in FROM, and EXPLODE in the SELECT list.</content>
internal sealed partial class Binder
{
    // The collections of the SELECT list that is being bound; null elsewhere.
    private List<UnnestedCollection>? _exploded;

    /// <summary>True for what stands in FROM as rows: UNNEST, GENERATE_SERIES and table functions of the host.</summary>
    private bool MakesRows(FunctionCallSyntax call) => IsUnnest(call)
        || catalog.Functions.Find(call.Name.Text) is { Kind: FunctionKind.Table } or { Name: "GENERATE_SERIES" };

    private const string CubeExplode = "CUBE_EXPLODE";

    /// <summary>CUBE_EXPLODE explodes what CUBE makes of the array.</summary>
    private BoundExpression Exploded(BoundExpression argument, FunctionCallSyntax call) =>
        IsSameName(call.Name.Text, CubeExplode) && argument is not BoundError
            ? Call(FunctionCatalog.Find("ARRAY_CUBE")!, CubeExplode, [argument], call.Span)
            : argument;

    private static bool IsUnnest(FunctionCallSyntax call) =>
        IsSameName(call.Name.Text, "UNNEST") || IsSameName(call.Name.Text, "EXPLODE")
        || IsSameName(call.Name.Text, CubeExplode);

    /// <summary>UNNEST without a table before it.</summary>
    private (BoundRelation Relation, Scope Scope) BindUnnest(FunctionTableSyntax syntax) =>
        BindUnnest(syntax, new BoundSingleRow(), Scope.Empty, keepsEmpty: false);

    /// <summary>A join whose right side is UNNEST: its arguments may name columns of the left side.</summary>
    private (BoundRelation Relation, Scope Scope) BindUnnestJoin(
        JoinSyntax join, FunctionTableSyntax syntax, CommonTables? commonTables)
    {
        var (left, leftScope) = BindTableSyntax(join.Left, commonTables);
        bool isLeft = join.Kind == JoinKind.Left;
        if (join.Kind is JoinKind.Right or JoinKind.Full || join.Within is not null || !join.Using.IsEmpty)
        {
            Report(BindingDiagnostics.UnnestJoin(join.Right.Span, "only CROSS JOIN, JOIN … ON and LEFT JOIN … ON TRUE"));
        }

        var (relation, scope) = BindUnnest(syntax, left, leftScope with { CommonTables = commonTables }, isLeft);
        ReportDuplicateAliases(join.Right, leftScope, scope with { Tables = [scope.Tables[^1]] });
        if (join.On is null) { return (relation, scope); }

        BoundExpression condition = BindCondition(join.On, scope, "ON");
        if (condition is BoundConstant { Value: true }) { return (relation, scope); }

        if (isLeft && condition is not BoundError)
        {
            Report(BindingDiagnostics.UnnestJoin(join.On.Span, "LEFT JOIN with it takes ON TRUE only"));
        }

        return (new BoundFilter(relation, condition), scope);
    }

    private (BoundRelation Relation, Scope Scope) BindUnnest(
        FunctionTableSyntax syntax, BoundRelation input, Scope scope, bool keepsEmpty)
    {
        FunctionCallSyntax call = syntax.Call;
        string function = call.Name.Text.ToUpperInvariant();
        List<BoundExpression> arguments = IsUnnest(call)
            ? [.. call.Arguments.Select(argument => Exploded(BindExpression(argument, scope, $"{function} in FROM"), call))]
            : [BindExpression(call, scope, "FROM")];
        if (arguments.Count == 0)
        {
            Report(BindingDiagnostics.ArgumentCount(call.Span, function, "at least 1 argument", 0));
        }

        bool isSound = arguments.Count > 0;
        foreach (BoundExpression argument in arguments) { isSound &= IsCollection(argument, function); }

        string name = syntax.Alias?.Name.Text ?? call.Name.Text;
        if (!isSound)
        {
            return (input, scope with { Tables = [.. scope.Tables, new ScopeTable(name, SilentRelation(name))] });
        }

        SyntaxList<NameSyntax> given = syntax.Alias?.Columns ?? [];
        List<UnnestedCollection> collections = Collections(arguments, given, name, spreadsRows: !IsUnnest(call));
        int columns = collections.Sum(collection => collection.Columns.Count) + (syntax.HasOrdinality ? 1 : 0);
        if (given.Count > columns)
        {
            Report(BindingDiagnostics.ColumnCounts(
                syntax.Alias!.Name.Span, $"the column list of \"{name}\"", columns, given.Count));
        }

        ColumnSymbol? ordinality = syntax.HasOrdinality
            ? new ColumnSymbol(given.Count == columns ? given[^1].Text : "ordinality", DataType.BigInt)
            : null;
        var relation = new BoundUnnest(input, collections, ordinality, keepsEmpty);
        return (relation, scope with
        {
            Tables = [.. scope.Tables, new ScopeTable(name, new BoundUnnestColumns(relation.OwnColumns))],
        });
    }

    private bool IsCollection(BoundExpression argument, string function)
    {
        if (argument is BoundError) { return false; }

        bool isCollection = argument.Type.Kind
            is DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Unknown or DataTypeKind.Null;
        if (!isCollection) { Report(BindingDiagnostics.NotACollection(argument.Span, function, argument.Type)); }

        return isCollection;
    }

    /// <summary>
    /// Each collection with fresh columns: called as the alias says, else one column as the table, several by number.
    /// Rows of a function come in the columns that it describes.
    /// </summary>
    private static List<UnnestedCollection> Collections(
        List<BoundExpression> arguments, SyntaxList<NameSyntax> given, string table, bool spreadsRows)
    {
        List<UnnestedCollection> collections = [];
        int made = 0;
        ColumnSymbol Column(string name, DataType type)
        {
            string called = made < given.Count ? given[made].Text : name;
            made++;
            return new ColumnSymbol(called, type);
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            DataType type = arguments[i].Type;
            if (spreadsRows && type.Element is { Kind: DataTypeKind.Struct } row)
            {
                ColumnSymbol[] fields = [.. row.Fields.Select(field => Column(field.Name, field.Type))];
                collections.Add(new UnnestedCollection(arguments[i], fields) { SpreadsFields = true });
                continue;
            }

            string name = arguments.Count == 1
                ? table
                : string.Create(CultureInfo.InvariantCulture, $"{table}_{i + 1}");
            ColumnSymbol[] columns = type.Kind == DataTypeKind.Map
                ? [Column("key", type.Key!), Column("value", type.Element!)]
                : [Column(name, type.Element ?? type)];
            collections.Add(new UnnestedCollection(arguments[i], columns));
        }

        return collections;
    }

    /// <summary>
    /// EXPLODE(a) as a value: a column that the rows get once all items are bound. Several go in parallel.
    /// </summary>
    private BoundExpression BindExplode(FunctionCallSyntax call, Context context)
    {
        string function = call.Name.Text.ToUpperInvariant();
        if (_exploded is not { } exploded || context.Clause != "SELECT" || context.Aggregate is not null)
        {
            return Report(BindingDiagnostics.UnnestMisplaced(
                call.Span, function, context.Aggregate ?? context.Clause));
        }

        if (call.Arguments is not [var syntax])
        {
            return Report(BindingDiagnostics.ArgumentCount(call.Span, function, "1 argument", call.Arguments.Count));
        }

        BoundExpression argument =
            Exploded(BindExpression(syntax, context with { Clause = function, AllowsAggregates = false }), call);
        if (!IsCollection(argument, function)) { return new BoundError(); }

        if (argument.Type.Kind == DataTypeKind.Map)
        {
            return Report(BindingDiagnostics.MapInSelectList(call.Span, function));
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"element_{exploded.Count + 1}");
        var column = new ColumnSymbol(name, argument.Type.Element ?? argument.Type);
        exploded.Add(new UnnestedCollection(argument, [column]));
        return new BoundColumn(column);
    }
}
