using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

/// <content>ARRAY, MAP and STRUCT: making them and reaching into them.</content>
internal sealed partial class Binder
{
    /// <summary>
    /// <c>a</c>, <c>t.a</c>, <c>a.f</c>, <c>t.a.f</c>: a table's column wins over a field of a column with the
    /// table's name.
    /// </summary>
    private BoundExpression BindName(NameExpressionSyntax name, Scope scope)
    {
        // What a query does not know may be of a query around it.
        if (_outer is not null && !IsInScope(name, scope) && BindOuterName(name) is { } outer) { return outer; }

        SyntaxList<NameSyntax> parts = name.Parts;
        if (parts is [var column]) { return BindColumn(column, scope); }

        if (scope.FindTable(parts[0]) is { } table)
        {
            bool isFieldOfColumn = Scope.LookupIn(table, parts[1]).Count == 0 && HasField(scope, parts[0], parts[1]);
            return isFieldOfColumn
                ? BindFields(BindColumn(parts[0], scope), parts, 1)
                : BindFields(BindColumnOf(table, parts[1]), parts, 2);
        }

        return scope.Lookup(parts[0]).Count > 0
            ? BindFields(BindColumn(parts[0], scope), parts, 1)
            : ReportQualifier(parts[0], scope);
    }

    private static bool HasField(Scope scope, NameSyntax column, NameSyntax field) =>
        scope.Lookup(column) is [{ Expression.Type: { Kind: DataTypeKind.Struct } type }] && FindField(type, field) >= 0;

    private BoundExpression BindFields(BoundExpression operand, SyntaxList<NameSyntax> parts, int first)
    {
        for (int part = first; part < parts.Count; part++)
        {
            operand = FieldOf(operand, parts[part]) with { Span = parts[0].Span.To(parts[part].Span) };
        }

        return operand;
    }

    private BoundExpression BindFieldAccess(FieldAccessSyntax syntax, Context context) =>
        FieldOf(BindExpression(syntax.Operand, context), syntax.Field);

    private BoundExpression FieldOf(BoundExpression operand, NameSyntax name)
    {
        DataType type = operand.Type;
        if (operand is BoundError) { return operand; }

        if (type.Kind == DataTypeKind.Null) { return new BoundConstant(null, DataType.Null); }

        if (TypeRules.IsOpen(type)) { return new BoundField(operand, name.Text, -1, DataType.Unknown); }

        if (type.Kind != DataTypeKind.Struct)
        {
            return Report(BindingDiagnostics.NotAStruct(name.Span, name.Text, type));
        }

        int ordinal = FindField(type, name);
        return ordinal < 0
            ? Report(BindingDiagnostics.FieldNotFound(name.Span, name.Text, type))
            : new BoundField(operand, type.Fields[ordinal].Name, ordinal, type.Fields[ordinal].Type);
    }

    /// <summary>The ordinal of a field, −1 when there is none; one written exactly so wins.</summary>
    private static int FindField(DataType type, NameSyntax name)
    {
        int found = -1;
        for (int ordinal = type.Fields.Count - 1; ordinal >= 0; ordinal--)
        {
            if (type.Fields[ordinal].Name == name.Text) { return ordinal; }

            if (Scope.IsMeant(type.Fields[ordinal].Name, name)) { found = ordinal; }
        }

        return found;
    }

    /// <summary>A part of JSON text; of a STRUCT or MAP the field or value, which needs no quotes but may have them.</summary>
    private BoundExpression BindJsonAccess(JsonAccessSyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        BoundExpression key = BindExpression(syntax.Key, context);
        if (operand is BoundError || key is BoundError) { return new BoundError(); }

        string symbol = syntax.IsText ? "->>" : "->";
        switch (operand.Type.Kind)
        {
            case DataTypeKind.Struct when key is BoundConstant { Value: string field }:
                return FieldOf(operand, new NameSyntax(field, IsQuoted: true) { Span = syntax.Key.Span });
            case DataTypeKind.Varchar or DataTypeKind.Null or DataTypeKind.Unknown:
                bool isKey = key.Type.Kind is DataTypeKind.Varchar or DataTypeKind.Int or DataTypeKind.BigInt
                    or DataTypeKind.Null or DataTypeKind.Unknown;
                string function = syntax.IsText ? "JSON_GET_TEXT" : "JSON_GET";
                return isKey
                    ? Call(FunctionCatalog.Find(function)!, symbol, [operand, key], syntax.Span)
                    : Report(BindingDiagnostics.JsonKeyType(syntax.Key.Span, symbol, Written(key)));
            default:
                return Report(BindingDiagnostics.NotJson(syntax.Span, symbol, Written(operand)));
        }
    }

    private BoundExpression BindIndex(IndexSyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        BoundExpression index = BindExpression(syntax.Index, context);
        if (operand is BoundError || index is BoundError) { return new BoundError(); }

        DataType type = operand.Type;
        switch (type.Kind)
        {
            case DataTypeKind.Null:
                return new BoundConstant(null, DataType.Null);
            case DataTypeKind.Unknown:
                return new BoundElement(operand, index, DataType.Unknown);
            case DataTypeKind.Struct when index is BoundConstant { Value: string field }:
                return FieldOf(operand, new NameSyntax(field, IsQuoted: true) { Span = syntax.Index.Span });
            case DataTypeKind.Array:
                bool isPosition = index.Type.Kind
                    is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Null or DataTypeKind.Unknown;
                return isPosition
                    ? new BoundElement(operand, Coercion.To(index, DataType.BigInt), type.Element!)
                    : Report(BindingDiagnostics.IndexType(
                        syntax.Index.Span, "a position in an ARRAY", DataType.BigInt, Written(index)));
            case DataTypeKind.Map:
                return TypeRules.Common(Coercion.TypeBeside(index, type.Key!), type.Key!) is { } common
                    && (common == type.Key || TypeRules.IsOpen(common))
                    ? new BoundElement(operand, Coercion.To(index, type.Key!), type.Element!)
                    : Report(BindingDiagnostics.IndexType(
                        syntax.Index.Span, $"a key of {type}", type.Key!, Written(index)));
            default:
                return Report(BindingDiagnostics.NotIndexable(syntax.Span, type));
        }
    }

    private BoundExpression BindArray(ArraySyntax syntax, Context context)
    {
        List<BoundExpression> items = [.. syntax.Items.Select(item => BindExpression(item, context))];
        return Unify(items, "ARRAY", syntax.Span, out DataType element)
            ? new BoundConstructor(
                DataTypeKind.Array, [.. items], [], Known([element], types => DataType.Array(types[0])))
            : new BoundError();
    }

    private BoundExpression BindMap(MapSyntax syntax, Context context)
    {
        List<BoundExpression> keys = [.. syntax.Entries.Select(entry => BindExpression(entry.Key, context))];
        List<BoundExpression> values = [.. syntax.Entries.Select(entry => BindExpression(entry.Value, context))];
        if (keys.Find(key => key.Type.Kind == DataTypeKind.Null) is { } missing)
        {
            return Report(BindingDiagnostics.NullKey(missing.Span));
        }

        bool areKeysAlike = Unify(keys, "the keys of MAP", syntax.Span, out DataType key);
        if (!Unify(values, "the values of MAP", syntax.Span, out DataType value) || !areKeysAlike)
        {
            return new BoundError();
        }

        // Of no entries nothing is known; such a map fits every other one.
        BoundExpression[] items = [.. keys.Zip(values, (k, v) => (BoundExpression[])[k, v]).SelectMany(pair => pair)];
        return new BoundConstructor(
            DataTypeKind.Map, [.. items], [], Known([key, value], types => DataType.Map(types[0], types[1])));
    }

    private BoundExpression BindStruct(StructSyntax syntax, Context context)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (NameSyntax name in syntax.Fields.Select(field => field.Name).Where(name => !names.Add(name.Text)))
        {
            return Report(BindingDiagnostics.DuplicateField(name.Span, name.Text));
        }

        BoundExpression[] items = [.. syntax.Fields.Select(field => BindExpression(field.Value, context))];
        if (items.Any(item => item is BoundError)) { return new BoundError(); }

        BoundList<string> fields = [.. syntax.Fields.Select(field => field.Name.Text)];
        DataType type = Known(
            [.. items.Select(item => item.Type)],
            types => DataType.Struct(fields.Zip(types, (name, type) => new Field(name, type))));
        return new BoundConstructor(DataTypeKind.Struct, [.. items], fields, type);
    }

    /// <summary>A type made of parts; Unknown while a part is.</summary>
    private static DataType Known(DataType[] parts, Func<DataType[], DataType> make) =>
        Array.Exists(parts, TypeRules.IsOpen) ? DataType.Unknown : make(parts);
}
