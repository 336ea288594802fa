using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ctas.Tables.Columns;

/// <summary>What the digits of a field are.</summary>
internal enum TemplateDigits
{
    /// <summary>0–9, in at least so many places: leading zeros up to them and none beyond.</summary>
    Decimal = 0,

    /// <summary>0–9, a–f, in exactly so many places.</summary>
    LowerHex = 1,

    /// <summary>0–9, A–F, in exactly so many places.</summary>
    UpperHex = 2,
}

/// <summary>A number inside a text.</summary>
/// <param name="Digits">Its digits.</param>
/// <param name="Width">Their places.</param>
internal readonly record struct TemplateField(TemplateDigits Digits, int Width)
{
    /// <summary>Decimal digits that surely fit 63 bits.</summary>
    public const int MaxDecimals = 18;

    /// <summary>Hexadecimal digits that fit 64 bits.</summary>
    public const int MaxHex = 16;

    /// <summary>True when a template may have such a field.</summary>
    public bool IsRight => Digits == TemplateDigits.Decimal
        ? Width is >= 0 and <= MaxDecimals
        : Digits is TemplateDigits.LowerHex or TemplateDigits.UpperHex && Width is > 0 and <= MaxHex;

    /// <summary>The most bytes it takes.</summary>
    public int MaxLength => Digits == TemplateDigits.Decimal ? MaxDecimals : Width;
}

/// <summary>Texts that differ in numbers only, as <c>order-000123</c> or <c>2024-05-01</c>. Immutable.</summary>
/// <remarks>Literals and fields take turns; a text fits when writing its numbers gives the same bytes again.</remarks>
internal sealed class StringTemplate
{
    /// <summary>The most bytes of a text of any template.</summary>
    public const int MaxTextLength = 512;

    private readonly byte[][] _literals;
    private readonly TemplateField[] _fields;

    /// <summary>Takes one literal more than fields; they stand before, between and after them and may be empty.</summary>
    public StringTemplate(byte[][] literals, TemplateField[] fields)
    {
        _literals = literals;
        _fields = fields;
        MaxLength = literals.Sum(literal => literal.Length) + fields.Sum(field => field.MaxLength);
    }

    /// <summary>The fields.</summary>
    public ReadOnlySpan<TemplateField> Fields => _fields;

    /// <summary>The most bytes of a text.</summary>
    public int MaxLength { get; }

    /// <summary>Bytes kept alive.</summary>
    public long SizeInBytes => 96 + (_literals.Length * 8L) + _literals.Sum(ArraySize.Of) + (_fields.Length * 8L);

    /// <summary>Takes the numbers out of a text; false when it does not fit.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="numbers">A place for each field.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryParse(ReadOnlySpan<byte> text, Span<long> numbers)
    {
        if (!IsAt(text, 0, _literals[0])) { return false; }

        int at = _literals[0].Length;
        for (int field = 0; field < _fields.Length; field++)
        {
            int length = _fields[field].Digits == TemplateDigits.Decimal
                ? ReadDecimal(text[at..], _fields[field].Width, out numbers[field])
                : ReadHex(text, at, _fields[field], out numbers[field]);
            byte[] literal = _literals[field + 1];
            if (length < 0 || !IsAt(text, at + length, literal)) { return false; }

            at += length + literal.Length;
        }

        return at == text.Length;
    }

    /// <summary>Writes the text of numbers; gives its length. There is room for <see cref="MaxLength"/> bytes.</summary>
    public int Write(ReadOnlySpan<long> numbers, Span<byte> text)
    {
        _literals[0].CopyTo(text);
        int length = _literals[0].Length;
        for (int field = 0; field < _fields.Length; field++)
        {
            length += _fields[field].Digits == TemplateDigits.Decimal
                ? WriteDecimal(numbers[field], _fields[field].Width, text[length..])
                : WriteHex((ulong)numbers[field], _fields[field], text[length..]);
            byte[] literal = _literals[field + 1];
            literal.CopyTo(text[length..]);
            length += literal.Length;
        }

        return length;
    }

    /// <summary>The template of the texts of both, whose fields are as narrow as the narrower ones; null when there is none.</summary>
    /// <remarks>
    /// A text of either is one of it with the same numbers, unless a number that is padded in one is not in the other:
    /// see <see cref="KeepsTextOf"/>.
    /// </remarks>
    public StringTemplate? Merge(StringTemplate other)
    {
        if (ReferenceEquals(other, this)) { return this; }

        bool isAlike = _fields.Length == other._fields.Length
            && _literals.Zip(other._literals).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second))
            && _fields.Zip(other._fields).All(pair => pair.First.Digits == pair.Second.Digits);
        if (!isAlike) { return null; }

        TemplateField[] fields = [.. _fields.Zip(
            other._fields, (field, second) => field with { Width = Math.Min(field.Width, second.Width) })];
        return fields.AsSpan().SequenceEqual(_fields) ? this : new StringTemplate(_literals, fields);
    }

    /// <summary>True when numbers from <paramref name="min"/> on have the same text here as in a merged template.</summary>
    /// <param name="merged">What <see cref="Merge"/> gave.</param>
    /// <param name="field">The field.</param>
    /// <param name="min">The least number of the field.</param>
    public bool KeepsTextOf(StringTemplate merged, int field, long min)
    {
        int width = _fields[field].Width;
        return width == merged._fields[field].Width
            || (_fields[field].Digits == TemplateDigits.Decimal && min >= PowerOfTen(width - 1));
    }

    /// <summary>The pattern in words: <c>o-{16x}</c>.</summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder(Literal(0));
        for (int field = 0; field < _fields.Length; field++)
        {
            string digits = _fields[field].Digits switch
            {
                TemplateDigits.Decimal => "d",
                TemplateDigits.LowerHex => "x",
                _ => "X",
            };
            text.Append('{').Append(_fields[field].Width).Append(digits).Append('}').Append(Literal(field + 1));
        }

        return text.ToString();
    }

    internal void Write(ISegmentWriter writer)
    {
        writer.Write(_fields.Length);
        foreach (TemplateField field in _fields)
        {
            writer.Write((long)field.Digits);
            writer.Write(field.Width);
        }

        foreach (byte[] literal in _literals) { writer.Write<byte>(literal); }
    }

    internal static StringTemplate Read(ISegmentReader reader)
    {
        long count = reader.ReadInt64();
        if (count is < 0 or > TemplateInference.MaxFields) { throw new InvalidDataException($"A template of {count} fields."); }

        var fields = new TemplateField[count];
        for (int field = 0; field < fields.Length; field++)
        {
            fields[field] = new TemplateField((TemplateDigits)reader.ReadInt64(), (int)reader.ReadInt64());
            if (!fields[field].IsRight) { throw new InvalidDataException($"A field of {fields[field].Width} digits."); }
        }

        byte[][] literals = new byte[count + 1][];
        for (int literal = 0; literal < literals.Length; literal++) { literals[literal] = reader.ReadArray<byte>(); }

        var template = new StringTemplate(literals, fields);
        return template.MaxLength <= MaxTextLength ? template : throw new InvalidDataException("A template of long texts.");
    }

    private string Literal(int index) => System.Text.Encoding.UTF8.GetString(_literals[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadDecimal(ReadOnlySpan<byte> text, int width, out long number)
    {
        number = 0;
        int length = 0;
        while (length < text.Length && length <= TemplateField.MaxDecimals && (uint)(text[length] - '0') <= 9)
        {
            number = (number * 10) + (text[length++] - '0');
        }

        bool fits = length >= width && length is > 0 and <= TemplateField.MaxDecimals
            && (length == width || text[0] != '0');
        return fits ? length : -1;
    }

    // Literals are short: many have one byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAt(ReadOnlySpan<byte> text, int at, byte[] literal)
    {
        if (literal.Length == 0) { return true; }

        return literal.Length <= text.Length - at && text[at] == literal[0]
            && (literal.Length == 1 || text.Slice(at, literal.Length).SequenceEqual(literal));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadHex(ReadOnlySpan<byte> text, int at, TemplateField field, out long number)
    {
        number = 0;
        if (text.Length - at < field.Width) { return -1; }

        // Where fewer bytes than sixteen follow, some of those before are looked at too.
        int start = Math.Max(0, Math.Min(at, text.Length - TemplateField.MaxHex));
        Vector128<byte> digits = text.Length >= TemplateField.MaxHex
            ? Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)start)
            : Padded(text);
        return TryReadHex(digits, at - start, field, out number) ? field.Width : -1;
    }

    private static Vector128<byte> Padded(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[TemplateField.MaxHex];
        padded.Clear();
        text.CopyTo(padded);
        return Vector128.Create<byte>(padded);
    }

    /// <summary>Up to sixteen digits at once, the highest first; what stands before and behind them is ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadHex(Vector128<byte> text, int before, TemplateField field, out long number)
    {
        Vector128<byte> digits = text - Vector128.Create((byte)'0');
        Vector128<byte> letters = text - Vector128.Create((byte)(field.Digits == TemplateDigits.LowerHex ? 'a' : 'A'));
        Vector128<byte> isDigit = Vector128.LessThanOrEqual(digits, Vector128.Create((byte)9));
        Vector128<byte> isLetter = Vector128.LessThanOrEqual(letters, Vector128.Create((byte)5));
        Vector128<ushort> pairs = Vector128.ConditionalSelect(
            isDigit, digits, (letters + Vector128.Create((byte)10)) & Vector128.Create((byte)15)).AsUInt16();
        pairs = (pairs << 4 | pairs >> 8) & Vector128.Create((ushort)byte.MaxValue);
        ulong all = BinaryPrimitives.ReverseEndianness(Vector128.Narrow(pairs, pairs).AsUInt64()[0]) << (4 * before);
        uint wanted = ((1u << field.Width) - 1) << before;
        number = (long)(all >> (4 * (TemplateField.MaxHex - field.Width)));
        return ((isDigit | isLetter).ExtractMostSignificantBits() & wanted) == wanted;
    }

    private static long PowerOfTen(int exponent)
    {
        long power = 1;
        for (; exponent > 0; exponent--) { power *= 10; }

        return power;
    }

    private static int WriteDecimal(long number, int width, Span<byte> text)
    {
        _ = Utf8Formatter.TryFormat(number, text, out int length);
        if (length >= width) { return length; }

        text[..length].CopyTo(text[(width - length)..]);
        text[..(width - length)].Fill((byte)'0');
        return width;
    }

    private static int WriteHex(ulong number, TemplateField field, Span<byte> text)
    {
        Span<byte> digits = stackalloc byte[TemplateField.MaxHex];
        ulong letter = field.Digits == TemplateDigits.LowerHex ? (ulong)('a' - '0' - 10) : 'A' - '0' - 10;
        BinaryPrimitives.WriteUInt64BigEndian(digits, Spread((uint)(number >> 32), letter));
        BinaryPrimitives.WriteUInt64BigEndian(digits[8..], Spread((uint)number, letter));
        digits[(TemplateField.MaxHex - field.Width)..].CopyTo(text);
        return field.Width;
    }

    /// <summary>Eight digits as eight characters, the highest in the highest byte.</summary>
    private static ulong Spread(uint number, ulong letter)
    {
        ulong digits = number;
        digits = (digits << 16 | digits) & 0x0000FFFF0000FFFF;
        digits = (digits << 8 | digits) & 0x00FF00FF00FF00FF;
        digits = (digits << 4 | digits) & 0x0F0F0F0F0F0F0F0F;
        ulong isLetter = (digits + 0x0606060606060606) >> 4 & 0x0101010101010101;
        return digits + 0x3030303030303030 + (isLetter * letter);
    }
}
