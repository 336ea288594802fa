using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Finds what a sample of texts has in common.</summary>
internal static class TemplateInference
{
    /// <summary>More numbers make no template.</summary>
    public const int MaxFields = 8;

    /// <summary>A template that fits the texts; null when they differ in more than numbers.</summary>
    public static StringTemplate? Of(IReadOnlyList<byte[]> sample)
    {
        if (sample.Count == 0 || sample.Any(text => text.Length > StringTemplate.MaxTextLength / 2)) { return null; }

        // Equal places first: it alone sees letters of hexadecimal numbers.
        return (ByPlaces(sample) ?? ByDigits(sample)) is { MaxLength: <= StringTemplate.MaxTextLength } template
            && sample.All(text => template.TryParse(text, new long[template.Fields.Length]))
            ? template
            : null;
    }

    /// <summary>Texts of one length: a place is the same in all, or a digit in all.</summary>
    private static StringTemplate? ByPlaces(IReadOnlyList<byte[]> sample)
    {
        byte[] first = sample[0];
        if (sample.Any(text => text.Length != first.Length)) { return null; }

        var kinds = new Place[first.Length];
        for (int place = 0; place < kinds.Length; place++)
        {
            kinds[place] = KindOf(sample, place);
            if (kinds[place] == Place.Other) { return null; }
        }

        JoinLeadingDigits(kinds, first);
        var parts = new Parts();
        for (int start = 0; start < kinds.Length;)
        {
            int end = start + 1;
            bool isLiteral = kinds[start] == Place.Constant;
            while (end < kinds.Length && (kinds[end] == Place.Constant) == isLiteral) { end++; }

            if (isLiteral) { parts.AddLiteral(first.AsSpan(start, end - start)); }
            else if (!AddNumber(parts, kinds.AsSpan(start, end - start))) { return null; }

            start = end;
        }

        return parts.ToTemplate();
    }

    private static bool AddNumber(Parts parts, ReadOnlySpan<Place> kinds)
    {
        bool isLower = kinds.Contains(Place.LowerHex), isUpper = kinds.Contains(Place.UpperHex);
        if (isLower && isUpper) { return false; }

        TemplateDigits digits = isLower ? TemplateDigits.LowerHex : isUpper ? TemplateDigits.UpperHex : TemplateDigits.Decimal;
        for (int left = kinds.Length; left > 0;)
        {
            // Digits beyond what a number holds make another one, of a width that cannot grow.
            bool isLast = left <= TemplateField.MaxHex;
            if (!isLast && digits == TemplateDigits.Decimal) { digits = TemplateDigits.LowerHex; }

            int width = Math.Min(left, TemplateField.MaxHex);
            parts.AddField(new TemplateField(digits, width));
            left -= width;
        }

        return parts.FieldCount <= MaxFields;
    }

    /// <summary>Texts that are equal but for runs of decimal digits.</summary>
    private static StringTemplate? ByDigits(IReadOnlyList<byte[]> sample)
    {
        Parts parts = Parts.OfDigits(sample[0]);
        if (parts.FieldCount is 0 or > MaxFields) { return null; }

        int[] widths = new int[parts.FieldCount];
        foreach (byte[] text in sample)
        {
            if (!parts.TryWiden(text, widths)) { return null; }
        }

        return parts.ToTemplate(widths);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Place KindOf(IReadOnlyList<byte[]> sample, int place)
    {
        byte first = sample[0][place];
        bool isConstant = true, isDigit = true, isLower = true, isUpper = true;
        foreach (byte[] text in sample)
        {
            byte value = text[place];
            bool digit = (uint)(value - '0') <= 9;
            isConstant &= value == first;
            isDigit &= digit;
            isLower &= digit || (uint)(value - 'a') <= 5;
            isUpper &= digit || (uint)(value - 'A') <= 5;
        }

        return isConstant ? Place.Constant
            : isDigit ? Place.Decimal
            : isLower ? Place.LowerHex
            : isUpper ? Place.UpperHex : Place.Other;
    }

    // What is constant in the sample may be the zeros before a number that has grown elsewhere.
    private static void JoinLeadingDigits(Span<Place> kinds, ReadOnlySpan<byte> text)
    {
        for (int place = kinds.Length - 2; place >= 0; place--)
        {
            bool continues = kinds[place + 1] != Place.Constant && kinds[place] == Place.Constant;
            if (continues && (uint)(text[place] - '0') <= 9) { kinds[place] = Place.Decimal; }
        }
    }

    private enum Place
    {
        Constant,
        Decimal,
        LowerHex,
        UpperHex,
        Other,
    }

    private sealed class Parts
    {
        private readonly List<byte> _open = [];
        private readonly List<byte[]> _literals = [];
        private readonly List<TemplateField> _fields = [];

        public int FieldCount => _fields.Count;

        public static Parts OfDigits(ReadOnlySpan<byte> text)
        {
            var parts = new Parts();
            for (int start = 0; start < text.Length;)
            {
                int end = start;
                while (end < text.Length && (uint)(text[end] - '0') <= 9) { end++; }

                if (end == start) { parts._open.Add(text[start++]); }
                else
                {
                    parts.AddField(new TemplateField(TemplateDigits.Decimal, end - start));
                    start = end;
                }
            }

            return parts;
        }

        public void AddLiteral(ReadOnlySpan<byte> text) => _open.AddRange(text);

        public void AddField(TemplateField field)
        {
            _literals.Add([.. _open]);
            _open.Clear();
            _fields.Add(field);
        }

        /// <summary>Notes how wide numbers are padded in a text; false when it differs in more than numbers.</summary>
        public bool TryWiden(ReadOnlySpan<byte> text, int[] widths)
        {
            for (int field = 0; field < widths.Length; field++)
            {
                if (!text.StartsWith(_literals[field])) { return false; }

                text = text[_literals[field].Length..];
                int digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
                digits = digits < 0 ? text.Length : digits;
                if (digits == 0) { return false; }

                // A leading zero says so.
                if (text[0] == '0' && digits > 1) { widths[field] = Math.Max(widths[field], digits); }

                text = text[digits..];
            }

            return text.SequenceEqual(CollectionsMarshal.AsSpan(_open));
        }

        public StringTemplate ToTemplate() => new([.. _literals, [.. _open]], [.. _fields]);

        public StringTemplate ToTemplate(int[] widths) => new(
            [.. _literals, [.. _open]],
            [.. widths.Select(width => new TemplateField(TemplateDigits.Decimal, Math.Max(1, width)))]);
    }
}
