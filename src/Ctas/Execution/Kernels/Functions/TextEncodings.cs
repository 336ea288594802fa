using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Bytes as text and back: hex, base64, utf8, ascii, and PostgreSQL's escape.</summary>
internal static class TextEncodings
{
    private static readonly Outcome Malformed = Outcome.Fail("text is not of that encoding");
    private static readonly Outcome UnknownEncoding = Outcome.Fail("no such encoding");

    /// <summary>ENCODE(bytes, encoding).</summary>
    public static Outcome Encode(RowArguments row, ByteWriter output) => Encode(row.Bytes(0), row.Bytes(1), output);

    /// <summary>DECODE(text, encoding).</summary>
    public static Outcome Decode(RowArguments row, ByteWriter output) => Decode(row.Bytes(0), row.Bytes(1), output);

    /// <summary>ksqlDB's ENCODE(text, from, to).</summary>
    public static TextOfRow Recode()
    {
        var bytes = new ByteWriter();
        return (row, output) =>
        {
            bytes.Clear();
            Outcome decoded = Decode(row.Bytes(0), row.Bytes(1), bytes);
            return decoded.IsNull ? decoded : Encode(bytes.Written, row.Bytes(2), output);
        };
    }

    private static Outcome Encode(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> encoding, ByteWriter output)
    {
        if (Is(encoding, "hex"u8))
        {
            foreach (byte unit in bytes) { output.Append(unit, "x2"); }
        }
        else if (Is(encoding, "base64"u8))
        {
            Base64.EncodeToUtf8(
                bytes, output.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out int written);
            output.Advance(written);
        }
        else if (Is(encoding, "utf8"u8) || Is(encoding, "ascii"u8))
        {
            if (!Utf8.IsValid(bytes) || (Is(encoding, "ascii"u8) && !Ascii.IsValid(bytes))) { return Malformed; }

            output.Append(bytes);
        }
        else if (Is(encoding, "escape"u8)) { Escape(bytes, output); }
        else { return UnknownEncoding; }

        return Outcome.Value;
    }

    private static Outcome Decode(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoding, ByteWriter output)
    {
        if (Is(encoding, "hex"u8)) { return DecodeHex(text, output); }

        if (Is(encoding, "base64"u8))
        {
            OperationStatus status = Base64.DecodeFromUtf8(
                text, output.Reserve(Base64.GetMaxDecodedFromUtf8Length(text.Length)), out _, out int written);
            output.Advance(written);
            return status == OperationStatus.Done ? Outcome.Value : Malformed;
        }

        if (Is(encoding, "ascii"u8) && !Ascii.IsValid(text)) { return Malformed; }

        if (Is(encoding, "utf8"u8) || Is(encoding, "ascii"u8))
        {
            output.Append(text);
            return Outcome.Value;
        }

        return Is(encoding, "escape"u8) ? Unescape(text, output) : UnknownEncoding;
    }

    private static Outcome DecodeHex(ReadOnlySpan<byte> text, ByteWriter output)
    {
        // ksqlDB writes 0x or X'…' around hex digits as well.
        if (text.StartsWith("0x"u8)) { text = text[2..]; }
        else if (text.Length > 2 && text.StartsWith("X'"u8) && text.EndsWith("'"u8)) { text = text[2..^1]; }

        OperationStatus status = Convert.FromHexString(text, output.Reserve(text.Length / 2), out _, out int written);
        output.Advance(written);
        return status == OperationStatus.Done ? Outcome.Value : Malformed;
    }

    // Zero and bytes past 127 as \ooo, a backslash as two.
    private static void Escape(ReadOnlySpan<byte> bytes, ByteWriter output)
    {
        foreach (byte unit in bytes)
        {
            if (unit == '\\') { output.Append(@"\\"u8); }
            else if (unit is not 0 and < 128) { output.Append(unit); }
            else
            {
                ReadOnlySpan<byte> octal =
                    [(byte)'\\', (byte)('0' + (unit >> 6)), (byte)('0' + ((unit >> 3) & 7)), (byte)('0' + (unit & 7))];
                output.Append(octal);
            }
        }
    }

    private static Outcome Unescape(ReadOnlySpan<byte> text, ByteWriter output)
    {
        while (!text.IsEmpty)
        {
            bool isEscape = text[0] == '\\';
            if (!isEscape || text.StartsWith(@"\\"u8))
            {
                output.Append(text[0]);
                text = text[(isEscape ? 2 : 1)..];
                continue;
            }

            if (text.Length < 4 || text[1] is < (byte)'0' or > (byte)'3' || text[2] is < (byte)'0' or > (byte)'7'
                || text[3] is < (byte)'0' or > (byte)'7')
            {
                return Malformed;
            }

            output.Append((byte)(((text[1] - '0') << 6) | ((text[2] - '0') << 3) | (text[3] - '0')));
            text = text[4..];
        }

        return Outcome.Value;
    }

    private static bool Is(ReadOnlySpan<byte> encoding, ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(encoding, name);
}
