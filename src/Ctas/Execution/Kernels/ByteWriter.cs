namespace Ctas.Execution.Kernels;

/// <summary>A growing buffer for the bytes of one value at a time. Single-threaded.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins the next value.</summary>
    public void Clear() => Length = 0;

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Appends UTF-16 text as UTF-8.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        Span<byte> target = Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += System.Text.Encoding.UTF8.GetBytes(text, target);
    }

    /// <summary>Appends a value in its invariant form, of at most 64 bytes.</summary>
    public void Append<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(Reserve(64), out int written, format, System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Room for at least <paramref name="count"/> more bytes; <see cref="Advance"/> takes it.</summary>
    public Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length) { Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2)); }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Takes bytes written to the room <see cref="Reserve"/> gave.</summary>
    public void Advance(int count) => Length += count;
}
