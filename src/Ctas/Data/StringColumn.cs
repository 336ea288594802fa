namespace Ctas.Data;

/// <summary>VARCHAR, BYTES or encoded nested values as codes into a <see cref="StringPool"/>. Immutable.</summary>
/// <remarks>
/// Joins, filters and group-bys move codes, never bytes; the pool is shared between the columns made from this one.
/// A NULL row holds code −1.
/// </remarks>
public sealed class StringColumn : Column
{
    // Null once they are given back.
    private int[]? _codes;
    private readonly int _start;

    /// <summary>Takes over <paramref name="codes"/>, which may be longer than the column.</summary>
    public StringColumn(DataType type, int[] codes, int length, StringPool pool, Bitmap? validity = null)
        : base(type, length, validity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, codes.Length);
        _codes = codes;
        Pool = pool;
    }

    private StringColumn(DataType type, int[] codes, int start, int length, StringPool pool, Bitmap? validity)
        : base(type, length, validity)
    {
        _codes = codes;
        _start = start;
        Pool = pool;
    }

    /// <summary>Where the codes point.</summary>
    public StringPool Pool { get; }

    /// <summary>A code a row; −1 for NULL.</summary>
    public ReadOnlySpan<int> Codes => (_codes ?? throw GivenBack()).AsSpan(_start, Length);

    /// <inheritdoc/>
    public override long SizeInBytes =>
        (KeptLength(_codes?.Length ?? 0, _start) * sizeof(int)) + ((Validity?.Words.Length ?? 0) * 8L);

    /// <summary>The bytes of a row (UTF-8 for VARCHAR); empty for NULL. No copy, no allocation.</summary>
    public ReadOnlySpan<byte> GetBytes(int row)
    {
        int code = _codes![_start + row];
        return code < 0 ? default : Pool.GetBytes(code);
    }

    /// <inheritdoc/>
    public override Column Gather(ReadOnlySpan<int> rows)
    {
        int[] gathered = GC.AllocateUninitializedArray<int>(rows.Length);
        Gathering.Gather(Codes, rows, gathered, -1);
        return new StringColumn(Type, gathered, rows.Length, Pool, GatherValidity(rows));
    }

    internal override Column Gather(ReadOnlySpan<int> rows, ref Array? buffer)
    {
        if (buffer is not int[] gathered || gathered.Length < rows.Length)
        {
            gathered = GC.AllocateUninitializedArray<int>(rows.Length);
            buffer = gathered;
        }

        Gathering.Gather(Codes, rows, gathered, -1);
        return new StringColumn(Type, gathered, rows.Length, Pool, GatherValidity(rows));
    }

    internal override Column Slice(int start, int length) =>
        new StringColumn(Type, _codes ?? throw GivenBack(), _start + start, length, Pool, Validity?.Slice(start, length));

    private protected override void ReturnValues()
    {
        _codes = Return(_codes);
        Pool.Release();
    }
}
