using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>Fixed-width values. A NULL row holds <c>default</c>. Immutable.</summary>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
public sealed class FixedColumn<T> : Column
    where T : unmanaged
{
    private readonly int _start;

    // Null until values that are deferred are read, and once values are given back.
    private T[]? _values;

    /// <summary>Takes over <paramref name="values"/>, which may be longer than the column.</summary>
    public FixedColumn(DataType type, T[] values, int length, Bitmap? validity = null)
        : base(type, length, validity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, values.Length);
        _values = values;
    }

    /// <summary>Makes a column of <paramref name="length"/> values that are decoded when they are read.</summary>
    internal FixedColumn(DataType type, DeferredValues<T> values, int length, Bitmap? validity)
        : base(type, length, validity) => Deferred = values;

    private FixedColumn(FixedColumn<T> whole, int start, int length)
        : base(whole.Type, length, whole.Validity?.Slice(start, length))
    {
        _values = whole._values;
        Deferred = whole.Deferred;
        _start = whole._start + start;
    }

    /// <summary>The values; NULL rows hold <c>default</c>.</summary>
    public ReadOnlySpan<T> Values => Array.AsSpan(_start, Length);

    /// <summary>The array of the values, which may be longer than the column.</summary>
    internal T[] Array => _values ?? Decode();

    /// <summary>What the values are decoded from; null when they were there from the start.</summary>
    internal DeferredValues<T>? Deferred { get; }

    /// <inheritdoc/>
    public override long SizeInBytes =>
        (KeptLength(_values?.Length ?? Length, _start) * Unsafe.SizeOf<T>()) + ((Validity?.Words.Length ?? 0) * 8L);

    /// <inheritdoc/>
    public override Column Gather(ReadOnlySpan<int> rows) => Gather(rows, ColumnMemory.Kept);

    internal override Column Gather(ReadOnlySpan<int> rows, ColumnMemory memory)
    {
        T[] gathered = memory.Allocate<T>(rows.Length);
        Gathering.Gather(Values, rows, gathered, default);
        return memory.Column(Type, gathered, rows.Length, GatherValidity(rows, memory));
    }

    internal override Column Gather(ReadOnlySpan<int> rows, ReusedColumn last)
    {
        T[] gathered = last.Values<T>(rows.Length);
        Gathering.Gather(Values, rows, gathered, default);
        return new FixedColumn<T>(Type, gathered, rows.Length, GatherValidity(rows, ColumnMemory.Kept, last));
    }

    internal override Column Slice(int start, int length) =>
        start == 0 && length == Length ? this : new FixedColumn<T>(this, start, length);

    internal override void GiveBackDecoded()
    {
        if (Deferred is not null && Deferred.TryGiveBack()) { _values = null; }
    }

    internal override bool IsDeferred => Deferred is not null;

    internal override void KeepDecoded() => Deferred?.Keep();

    private protected override void ReturnValues() => _values = Return(_values);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T[] Decode() => _values = (Deferred ?? throw GivenBack()).Decoded.Array;
}
