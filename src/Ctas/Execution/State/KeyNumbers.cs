using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Numbers different keys 0, 1, 2 … in the order in which they first come. Single-threaded.</summary>
/// <remarks>
/// Equality is that of GROUP BY: NULL is one key, NaN is one key, −0 is 0, strings of different pools are equal when
/// their bytes are. No object per key.
/// </remarks>
internal abstract class KeyNumbers
{
    /// <summary>Number of different keys.</summary>
    public int Count { get; private protected set; }

    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>The index that suits the types.</summary>
    public static KeyNumbers Create(IReadOnlyList<DataType> types)
    {
        if (types.Count == 0) { return new NoKeyNumbers(); }

        return CodedKeyNumbers.CanTake(types) ? new CodedKeyNumbers(types) : CreateUnbounded(types);
    }

    /// <summary>An index for keys of any width.</summary>
    private protected static KeyNumbers CreateUnbounded(IReadOnlyList<DataType> types) =>
        types is [{ Kind: DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp }]
            ? new IntegerKeyNumbers<long>(types[0])
            : new PackedKeyNumbers(types);

    /// <summary>Says which keys will come, so that room is made for them once.</summary>
    public virtual void Expect(IReadOnlyList<Column[]> keys)
    {
    }

    /// <summary>The number of every row's key; a new key gets the next number.</summary>
    public abstract void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers);

    /// <summary>The number of every row's key; −1 when it is not there, or when some part of it is NULL.</summary>
    public abstract void Find(ReadOnlySpan<Column> keys, Span<int> numbers);

    /// <summary>The keys, a row for each number.</summary>
    /// <param name="memory">Of what the columns are made.</param>
    public abstract Column[] Keys(ColumnMemory memory = default);

    /// <summary>Gives the memory back; nothing is called afterwards, nor on a reader. Keys that were read stay.</summary>
    public virtual void Release()
    {
    }

    /// <summary>
    /// The same numbers, found independently of others that find them on other threads, while none is added; null
    /// when that cannot be done.
    /// </summary>
    public virtual KeyNumbers? Reader() => null;
}

/// <summary>No key columns: one key, which is there from the start.</summary>
internal sealed class NoKeyNumbers : KeyNumbers
{
    public NoKeyNumbers() => Count = 1;

    public override long SizeInBytes => 0;

    public override void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers) => numbers.Clear();

    public override void Find(ReadOnlySpan<Column> keys, Span<int> numbers) => numbers.Clear();

    public override Column[] Keys(ColumnMemory memory = default) => [];

    public override KeyNumbers Reader() => this;
}
