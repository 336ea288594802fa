using System.Buffers;
using System.Globalization;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>PostgreSQL's FORMAT, QUOTE_LITERAL and QUOTE_IDENT.</summary>
internal static class TextFormats
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private static readonly Outcome TooFew = Outcome.Fail("too few arguments for the format");
    private static readonly Outcome Unfinished = Outcome.Fail("format ends in the middle of a place");

    /// <summary>FORMAT(format, values …): %s as it is, %I as a name, %L as a literal, %n$s by number, %-10s padded.</summary>
    public static TextOfRow Format()
    {
        var value = new ByteWriter();
        return (row, output) =>
        {
            if (!row.Has(0)) { return Outcome.Null; }

            string format = row.Text(0);
            int next = 1;
            for (int i = 0; i < format.Length; i++)
            {
                if (format[i] != '%')
                {
                    int run = format.IndexOf('%', i) is var at and >= 0 ? at : format.Length;
                    output.Append(format.AsSpan(i, run - i));
                    i = run - 1;
                    continue;
                }

                if (!Place.TryRead(format, ref i, out Place place)) { return Unfinished; }

                if (place.Kind == '%')
                {
                    output.Append((byte)'%');
                    continue;
                }

                int argument = place.Argument ?? next;
                next = argument + 1;
                if (argument < 1 || argument >= row.Count) { return TooFew; }

                if (place.Kind == 'I' && !row.Has(argument)) { return Outcome.Fail("NULL cannot be a name"); }

                value.Clear();
                Write(row, argument, place.Kind, value);
                AppendPadded(output, value.Written, place.Width);
            }

            return Outcome.Value;
        };
    }

    /// <summary>A text as SQL writes it, in single quotes.</summary>
    public static Outcome QuoteLiteral(RowArguments row, ByteWriter output)
    {
        AppendQuoted(output, row.Bytes(0), (byte)'\'');
        return Outcome.Value;
    }

    /// <summary>A name as SQL writes it: in double quotes where it needs them.</summary>
    public static Outcome QuoteName(RowArguments row, ByteWriter output)
    {
        AppendName(output, row.Bytes(0));
        return Outcome.Value;
    }

    private static void Write(RowArguments row, int argument, char kind, ByteWriter value)
    {
        bool isNull = !row.Has(argument);
        switch (kind)
        {
            case 'L' when isNull: value.Append("NULL"u8); break;
            case 'L': AppendQuoted(value, row.Bytes(argument), (byte)'\''); break;
            case 'I': AppendName(value, row.Bytes(argument)); break;
            default: value.Append(row.Bytes(argument)); break;
        }
    }

    private static void AppendName(ByteWriter output, ReadOnlySpan<byte> name)
    {
        bool isPlain = !name.IsEmpty && !char.IsAsciiDigit((char)name[0])
            && !name.ContainsAnyExcept(NameBytes);
        if (isPlain) { output.Append(name); }
        else { AppendQuoted(output, name, (byte)'"'); }
    }

    private static void AppendQuoted(ByteWriter output, ReadOnlySpan<byte> text, byte quote)
    {
        output.Append(quote);
        foreach (byte unit in text)
        {
            if (unit == quote) { output.Append(quote); }

            output.Append(unit);
        }

        output.Append(quote);
    }

    private static void AppendPadded(ByteWriter output, ReadOnlySpan<byte> text, int width)
    {
        int missing = Math.Max(0, Math.Abs(width) - CodePoints.Count(text));
        if (width < 0) { output.Append(text); }

        for (int i = 0; i < missing; i++) { output.Append((byte)' '); }

        if (width >= 0) { output.Append(text); }
    }

    /// <summary>A place in a format: <c>%[argument$][-][width]kind</c>.</summary>
    private readonly record struct Place(char Kind, int? Argument, int Width)
    {
        private const int MaxWidth = 10_000;

        public static bool TryRead(string format, ref int at, out Place place)
        {
            place = default;
            int? argument = null;
            at++;
            int start = at;
            int number = ReadNumber(format, ref at);
            if (at < format.Length && format[at] == '$' && at > start)
            {
                argument = number;
                at++;
                number = 0;
            }

            bool isLeft = at < format.Length && format[at] == '-';
            if (isLeft) { at++; }

            if (isLeft || argument is not null) { number = ReadNumber(format, ref at); }

            if (at >= format.Length || format[at] is not ('s' or 'I' or 'L' or '%')) { return false; }

            place = new Place(format[at], argument, isLeft ? -number : number);
            return number <= MaxWidth;
        }

        private static int ReadNumber(string format, ref int at)
        {
            int start = at;
            while (at < format.Length && char.IsAsciiDigit(format[at])) { at++; }

            bool isNumber =
                int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number);
            return isNumber ? number : at > start ? int.MaxValue : 0;
        }
    }
}
