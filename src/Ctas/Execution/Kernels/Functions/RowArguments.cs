using System.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>The arguments of a function in one row, of the types that its signature says.</summary>
internal readonly ref struct RowArguments(ReadOnlySpan<Column> columns, int row)
{
    private readonly ReadOnlySpan<Column> _columns = columns;
    private readonly int _row = row;

    /// <summary>Number of arguments.</summary>
    public int Count => _columns.Length;

    /// <summary>The column of an argument.</summary>
    public Column Column(int argument) => _columns[argument];

    /// <summary>The row in the argument's column.</summary>
    public int Row => _row;

    /// <summary>True when the argument is given and is not NULL.</summary>
    public bool Has(int argument) => argument < _columns.Length && !_columns[argument].IsNull(_row);

    /// <summary>The bytes of a VARCHAR, BYTES or nested argument; empty for NULL.</summary>
    public ReadOnlySpan<byte> Bytes(int argument) => ((StringColumn)_columns[argument]).GetBytes(_row);

    /// <summary>The code of a VARCHAR argument in its pool.</summary>
    public int Code(int argument) => ((StringColumn)_columns[argument]).Codes[_row];

    /// <summary>A VARCHAR argument as a new string.</summary>
    public string Text(int argument) => Encoding.UTF8.GetString(Bytes(argument));

    /// <summary>A BOOLEAN argument.</summary>
    public bool Boolean(int argument) => ((FixedColumn<bool>)_columns[argument]).Values[_row];

    /// <summary>An INT or DATE argument.</summary>
    public int Int(int argument) => ((FixedColumn<int>)_columns[argument]).Values[_row];

    /// <summary>A BIGINT, TIME or TIMESTAMP argument.</summary>
    public long BigInt(int argument) => ((FixedColumn<long>)_columns[argument]).Values[_row];

    /// <summary>A DOUBLE argument.</summary>
    public double Double(int argument) => ((FixedColumn<double>)_columns[argument]).Values[_row];

    /// <summary>A DECIMAL argument, unscaled.</summary>
    public Int128 Decimal(int argument) => ((FixedColumn<Int128>)_columns[argument]).Values[_row];

    /// <summary>An INTERVAL argument.</summary>
    public Interval Interval(int argument) => ((FixedColumn<Interval>)_columns[argument]).Values[_row];
}

/// <summary>What became of a row: it has a value, it is NULL, or it failed.</summary>
internal readonly struct Outcome
{
    private Outcome(bool isNull, string? failure)
    {
        IsNull = isNull;
        Failure = failure;
    }

    /// <summary>There is a value.</summary>
    public static Outcome Value => default;

    /// <summary>The result is NULL.</summary>
    public static Outcome Null => new(isNull: true, failure: null);

    /// <summary>True for NULL.</summary>
    public bool IsNull { get; }

    /// <summary>Why there is no result; null when there is one.</summary>
    public string? Failure { get; }

    /// <summary>The row is an error.</summary>
    /// <param name="reason">What is wrong with it, lower case.</param>
    public static Outcome Fail(string reason) => new(isNull: true, reason);
}

/// <summary>Writes the text or bytes of one row.</summary>
internal delegate Outcome TextOfRow(RowArguments arguments, ByteWriter output);

/// <summary>Computes a value of fixed width of one row.</summary>
internal delegate Outcome ValueOfRow<T>(RowArguments arguments, out T result);
