using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>VARCHAR, BYTES or encoded nested values as codes into a <see cref="StringPool"/>. Immutable.</summary>
/// <remarks>
/// Joins, filters and group-bys move codes, never bytes; the pool is shared between the columns made from this one.
/// A NULL row holds code −1.
/// </remarks>
public sealed class StringColumn : Column
{
    // Null until codes that are deferred are read, and once codes are given back.
    private int[]? _codes;
    private readonly DeferredValues<int>? _deferred;
    private readonly int _start;

    /// <summary>Takes over <paramref name="codes"/>, which may be longer than the column.</summary>
    public StringColumn(DataType type, int[] codes, int length, StringPool pool, Bitmap? validity = null)
        : base(type, length, validity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, codes.Length);
        _codes = codes;
        Pool = pool;
    }

    /// <summary>Makes a column whose codes are decoded when they are read.</summary>
    internal StringColumn(DataType type, DeferredValues<int> codes, int length, StringPool pool, Bitmap? validity)
        : base(type, length, validity)
    {
        _deferred = codes;
        Pool = pool;
    }

    private StringColumn(StringColumn whole, int start, int length)
        : base(whole.Type, length, whole.Validity?.Slice(start, length))
    {
        _codes = whole._codes;
        _deferred = whole._deferred;
        _start = whole._start + start;
        Pool = whole.Pool;
    }

    /// <summary>Where the codes point.</summary>
    public StringPool Pool { get; }

    /// <summary>A code a row; −1 for NULL.</summary>
    public ReadOnlySpan<int> Codes => (_codes ?? Decode()).AsSpan(_start, Length);

    /// <inheritdoc/>
    public override long SizeInBytes =>
        (KeptLength(_codes?.Length ?? (_deferred is null ? 0 : Length), _start) * sizeof(int)) + ((Validity?.Words.Length ?? 0) * 8L);

    /// <summary>The bytes of a row (UTF-8 for VARCHAR); empty for NULL. No copy, no allocation.</summary>
    public ReadOnlySpan<byte> GetBytes(int row)
    {
        int code = (_codes ?? Decode())[_start + row];
        return code < 0 ? default : Pool.GetBytes(code);
    }

    /// <inheritdoc/>
    public override Column Gather(ReadOnlySpan<int> rows) => Gather(rows, ColumnMemory.Kept);

    internal override Column Gather(ReadOnlySpan<int> rows, ColumnMemory memory)
    {
        int[] gathered = memory.Allocate<int>(rows.Length);
        Gathering.Gather(Codes, rows, gathered, -1);
        return memory.Column(Type, gathered, rows.Length, Pool, GatherValidity(rows, memory));
    }

    internal override Column Gather(ReadOnlySpan<int> rows, ReusedColumn last)
    {
        int[] gathered = last.Values<int>(rows.Length);
        Gathering.Gather(Codes, rows, gathered, -1);
        return new StringColumn(Type, gathered, rows.Length, Pool, GatherValidity(rows, ColumnMemory.Kept, last));
    }

    internal override Column Slice(int start, int length) =>
        start == 0 && length == Length ? this : new StringColumn(this, start, length);

    internal override void GiveBackDecoded()
    {
        if (_deferred is not null && _deferred.TryGiveBack()) { _codes = null; }
    }

    internal override bool IsDeferred => _deferred is not null;

    internal override void KeepDecoded() => _deferred?.Keep();

    private protected override void ReturnValues()
    {
        _codes = Return(_codes);
        Pool.Release();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] Decode() => _codes = (_deferred ?? throw GivenBack()).Decoded.Array;
}
