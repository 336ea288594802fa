using System.Diagnostics;
using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>One column of a <see cref="CodedKeyNumbers"/> key: a code of as many bits as it needs; NULL is 0.</summary>
internal abstract class CodedPart(DataType type)
{
    private int _shift;
    private int _bits;
    private long _offset;

    /// <summary>Bits that the values seen so far need; counts once <see cref="Move"/> was called.</summary>
    public int WantedBits { get; private protected set; }

    /// <summary>Bytes held.</summary>
    public virtual long SizeInBytes => 0;

    protected DataType Type { get; } = type;

    /// <summary>Where the code starts in the key.</summary>
    protected int Shift => _shift;

    /// <summary>The greatest code there is room for.</summary>
    protected ulong MaxCode => _bits == 64 ? ulong.MaxValue : (1UL << _bits) - 1;

    /// <summary>What is subtracted from a value to get its code, once <see cref="Move"/> was called.</summary>
    private protected long WantedOffset { get; set; }

    /// <summary>What is subtracted from a value to get its code.</summary>
    protected long Offset => _offset;

    /// <summary>True when a type can be coded.</summary>
    public static bool CanTake(DataType type) => PhysicalTypes.Of(type)
        is PhysicalType.Boolean or PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Bytes;

    /// <summary>The part of a type.</summary>
    public static CodedPart Create(DataType type) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => new BooleanCodes(type),
        PhysicalType.Int32 => new IntegerCodes<int>(type),
        PhysicalType.Int64 => new IntegerCodes<long>(type),
        PhysicalType.Bytes => new TextCodes(type),
        PhysicalType other => throw new UnreachableException($"{other} cannot be coded."),
    };

    /// <summary>Takes the values of a batch into account; true when the part must be moved before they are packed.</summary>
    public abstract bool Fit(Column column);

    /// <summary>As <see cref="Fit"/>, of values that come later; a part that cannot tell them yet leaves it to then.</summary>
    public virtual bool Expect(Column column) => false;

    /// <summary>The part for finding codes beside others on other threads, while none is added.</summary>
    public virtual CodedPart Reader() => this;

    /// <summary>Takes over the place of another part.</summary>
    private protected void TakePlaceOf(CodedPart other) => (_shift, _bits, _offset) = (other._shift, other._bits, other._offset);

    /// <summary>Prepares a batch whose values are looked for only.</summary>
    public virtual void Translate(Column column)
    {
    }

    /// <summary>Writes the codes of rows from <paramref name="start"/> on, which fit.</summary>
    public abstract void Pack(Column column, int start, Span<ulong> packed);

    /// <summary>Numbers rows from <paramref name="start"/> on whose whole key this part is, by an array read each.</summary>
    /// <param name="column">The values, which fit.</param>
    /// <param name="start">The first row.</param>
    /// <param name="dense">Number + 1 by code; 0 where there is none.</param>
    /// <param name="numbers">Gets the numbers, −1 for a key that is new.</param>
    /// <returns>False when some keys are new, or when the part has no quick way.</returns>
    public virtual bool TryNumber(Column column, int start, int[] dense, Span<int> numbers) => false;

    /// <summary>As <see cref="Pack"/>, with −1 in <paramref name="marks"/> for NULL and for what cannot be a key.</summary>
    public abstract void PackKnown(Column column, int start, Span<ulong> packed, Span<int> marks);

    /// <summary>Reads the column back, in memory of a kind.</summary>
    public abstract Column Unpack(ReadOnlySpan<ulong> keys, ColumnMemory memory);

    /// <summary>Takes the place wanted, behind the parts before; keys are written anew.</summary>
    public void Move(ReadOnlySpan<ulong> old, Span<ulong> keys, ref int shift)
    {
        ulong difference = (ulong)(_offset - WantedOffset);
        for (int number = 0; number < old.Length; number++)
        {
            ulong code = CodeOf(old[number]);
            if (code != 0) { keys[number] |= (code + difference) << shift; }
        }

        (_shift, _bits, _offset) = (shift, WantedBits, WantedOffset);
        shift += WantedBits;
    }

    protected ulong CodeOf(ulong key) => _bits == 0 ? 0 : key >> _shift & MaxCode;

    protected static int BitsOf(ulong greatest) => 64 - BitOperations.LeadingZeroCount(greatest);
}

/// <summary>FALSE is 1, TRUE is 2.</summary>
internal sealed class BooleanCodes : CodedPart
{
    public BooleanCodes(DataType type)
        : base(type) => WantedBits = 2;

    public override bool Fit(Column column) => MaxCode == 0;

    public override void Pack(Column column, int start, Span<ulong> packed)
    {
        ReadOnlySpan<bool> values = ((FixedColumn<bool>)column).Values[start..];
        for (int row = 0; row < packed.Length; row++)
        {
            ulong code = column.IsNull(start + row) ? 0UL : values[row] ? 2UL : 1UL;
            packed[row] |= code << Shift;
        }
    }

    public override void PackKnown(Column column, int start, Span<ulong> packed, Span<int> marks)
    {
        if (MaxCode == 0)
        {
            marks.Fill(-1);
            return;
        }

        Pack(column, start, packed);
        for (int row = 0; row < marks.Length; row++)
        {
            if (column.IsNull(start + row)) { marks[row] = -1; }
        }
    }

    public override Column Unpack(ReadOnlySpan<ulong> keys, ColumnMemory memory)
    {
        var builder = new FixedColumnBuilder<bool>(Type);
        foreach (ulong key in keys)
        {
            ulong code = CodeOf(key);
            if (code == 0) { builder.AppendNull(); }
            else { builder.Append(code == 2); }
        }

        return builder.Finish();
    }
}
