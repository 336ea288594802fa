using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Strings of one template whose numbers lie close together: the codes are the numbers. Immutable.</summary>
/// <remarks>
/// Equal codes ⇔ equal strings, although no string was ever hashed or stored: joins and groups of such columns are joins
/// and groups of integers. Strings that do not fit the template have the codes after those of the numbers.
/// </remarks>
[SkipLocalsInit] // Numbers are parsed onto the stack.
internal sealed class NumberedText : ColumnText
{
    private readonly StringTemplate _template;
    private readonly NumberRange _range;
    private readonly StringPool? _others;

    // The last one compared with: it is asked about code by code.
    private Likeness? _last;

    /// <summary>Makes the strings of numbers in a range, and others.</summary>
    /// <param name="template">The template.</param>
    /// <param name="range">The numbers.</param>
    /// <param name="others">Different strings that do not fit; complete, and null when there are none.</param>
    public NumberedText(StringTemplate template, NumberRange range, StringPool? others)
        : base(range.Count + (others?.Count ?? 0))
    {
        _template = template;
        _range = range;
        _others = others;
    }

    public override bool AreDistinct => true;

    public override bool AreShared => true;

    public override StringTemplate Template => _template;

    public override ReadOnlySpan<byte> GetBytes(int code) =>
        code < _range.Count ? base.GetBytes(code) : _others!.GetBytes(code - _range.Count);

    public override int Find(ReadOnlySpan<byte> value) => CodeOf(_template, _range, value) is >= 0 and int code
        ? code
        : _others?.Find(value) is >= 0 and int other ? _range.Count + other : -1;

    public override int Find(StringPool other, int code)
    {
        if (other.Deferred is not NumberedText numbered || code >= numbered._range.Count || !IsAlike(numbered))
        {
            return Find(other.GetBytes(code));
        }

        Span<long> numbers = stackalloc long[_template.Fields.Length + 1];
        numbered._range.NumbersOf(code, numbers);
        return _range.CodeOf(numbers);
    }

    /// <summary>The code of a string, −1 when it does not fit the template or the range.</summary>
    public static int CodeOf(StringTemplate template, NumberRange range, ReadOnlySpan<byte> value)
    {
        Span<long> numbers = stackalloc long[template.Fields.Length + 1];
        return template.TryParse(value, numbers) ? range.CodeOf(numbers) : -1;
    }

    public override bool TryGetDistance(DeferredStrings other, out int distance)
    {
        distance = 0;
        return other is NumberedText { _others: null } numbered && _others is null && IsAlike(numbered)
            && _range.TryGetDistance(numbered._range, out distance);
    }

    public override bool TryReadNumbers(ReadOnlySpan<int> codes, Span<long> numbers)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(codes.Length);
        Span<int> known = rented.AsSpan(0, codes.Length);
        int last = 0;
        bool fits = true;
        for (int row = 0; row < known.Length; row++)
        {
            if (codes[row] >= 0) { last = codes[row]; }

            known[row] = last;
            fits &= last < _range.Count;
        }

        if (fits) { _range.NumbersOf(known, numbers); }

        ArrayPool<int>.Shared.Return(rented);
        return fits;
    }

    private protected override TextBlock Decode(int start, int count)
    {
        // The last block of the numbers may end among others, which are not made.
        int end = Math.Min(start + count, _range.Count);
        Span<long> numbers = stackalloc long[_template.Fields.Length + 1];
        var block = new TextBlockWriter(Math.Max(0, end - start));
        for (int code = start; code < end; code++)
        {
            _range.NumbersOf(code, numbers);
            block.Advance(_template.Write(numbers, block.GetSpan(_template.MaxLength)));
        }

        return block.Finish();
    }

    private bool IsAlike(NumberedText other)
    {
        Likeness? last = _last;
        if (!ReferenceEquals(last?.Other, other)) { _last = last = new Likeness(other, HasTextsOf(other)); }

        return last!.IsAlike;
    }

    // Equal numbers have equal texts, but where one template pads what the other does not.
    private bool HasTextsOf(NumberedText other)
    {
        if (_template.Merge(other._template) is not { } merged) { return false; }

        for (int field = 0; field < _template.Fields.Length; field++)
        {
            bool keeps = _template.KeepsTextOf(merged, field, _range.MinOf(field))
                && other._template.KeepsTextOf(merged, field, other._range.MinOf(field));
            if (!keeps) { return false; }
        }

        return true;
    }

    private sealed record Likeness(NumberedText Other, bool IsAlike);
}
