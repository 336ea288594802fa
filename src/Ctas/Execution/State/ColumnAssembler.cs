using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// Puts one column together from parts that each fill some of its rows; the rest is NULL. Single-threaded.
/// </summary>
internal abstract class ColumnAssembler
{
    /// <summary>An assembler of columns of a type.</summary>
    public static ColumnAssembler Create(DataType type) => type.Kind switch
    {
        DataTypeKind.Boolean => new FixedColumnAssembler<bool>(type),
        DataTypeKind.Int or DataTypeKind.Date => new FixedColumnAssembler<int>(type),
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp => new FixedColumnAssembler<long>(type),
        DataTypeKind.Double => new FixedColumnAssembler<double>(type),
        DataTypeKind.Decimal => new FixedColumnAssembler<Int128>(type),
        DataTypeKind.Interval => new FixedColumnAssembler<Interval>(type),
        _ when type.IsByteString => new StringColumnAssembler(type),
        _ => throw new UnreachableException($"No column form for {type}."),
    };

    /// <summary>Begins a column of NULLs.</summary>
    public abstract void Start(int length);

    /// <summary>Writes value i of a column to row <c>rows[i]</c>.</summary>
    public abstract void Scatter(Column values, ReadOnlySpan<int> rows);

    /// <summary>The column.</summary>
    public abstract Column Finish();

    private protected static void ScatterValidity(Column values, ReadOnlySpan<int> rows, Bitmap validity)
    {
        for (int row = 0; row < rows.Length; row++) { validity[rows[row]] = !values.IsNull(row); }
    }

    private protected static Bitmap? Simplify(Bitmap validity) =>
        validity.CountSet() == validity.Length ? null : validity;
}

/// <summary>Assembles fixed-width values.</summary>
internal sealed class FixedColumnAssembler<T>(DataType type) : ColumnAssembler
    where T : unmanaged
{
    private T[] _values = [];
    private Bitmap _validity = new(0);

    public override void Start(int length)
    {
        _values = new T[length];
        _validity = new Bitmap(length);
    }

    public override void Scatter(Column values, ReadOnlySpan<int> rows)
    {
        // An untyped NULL leaves the rows as they are.
        if (values is not FixedColumn<T> typed) { return; }

        ReadOnlySpan<T> from = typed.Values;
        for (int row = 0; row < rows.Length; row++) { _values[rows[row]] = from[row]; }

        ScatterValidity(values, rows, _validity);
    }

    public override Column Finish() => new FixedColumn<T>(type, _values, _values.Length, Simplify(_validity));
}

/// <summary>
/// Assembles strings: keeps the codes while all parts share a pool, else moves them to a pool of its own.
/// </summary>
internal sealed class StringColumnAssembler(DataType type) : ColumnAssembler
{
    private readonly OwnPool _own = new();
    private int[] _codes = [];
    private Bitmap _validity = new(0);
    private StringPool? _pool;

    public override void Start(int length)
    {
        _codes = new int[length];
        Array.Fill(_codes, -1);
        _validity = new Bitmap(length);
        _pool = null;
    }

    public override void Scatter(Column values, ReadOnlySpan<int> rows)
    {
        var strings = (StringColumn)values;
        if (strings.Type.Kind == DataTypeKind.Null) { return; }

        if (_pool is not null && !ReferenceEquals(_pool, strings.Pool)) { MoveToOwnPool(); }

        _pool ??= strings.Pool;
        if (ReferenceEquals(_pool, strings.Pool))
        {
            for (int row = 0; row < rows.Length; row++) { _codes[rows[row]] = strings.Codes[row]; }
        }
        else
        {
            CodeMap map = _own.MapOf(strings.Pool);
            for (int row = 0; row < rows.Length; row++) { _codes[rows[row]] = map.Translate(strings.Codes[row]); }
        }

        ScatterValidity(values, rows, _validity);
    }

    public override Column Finish()
    {
        _own.TrimWhenLarge();
        return new StringColumn(type, _codes, _codes.Length, _pool ?? _own.Pool, Simplify(_validity));
    }

    private void MoveToOwnPool()
    {
        if (ReferenceEquals(_pool, _own.Pool)) { return; }

        CodeMap map = _own.MapOf(_pool!);
        for (int row = 0; row < _codes.Length; row++) { _codes[row] = map.Translate(_codes[row]); }

        _pool = _own.Pool;
    }
}
