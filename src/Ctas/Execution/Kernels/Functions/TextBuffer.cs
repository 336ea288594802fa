using System.Text;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Text arguments as UTF-16, one at a time, without a string each. Single-threaded.</summary>
internal sealed class TextBuffer
{
    private char[] _characters = new char[256];

    /// <summary>The text of UTF-8 bytes; valid until the next one.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<byte> bytes)
    {
        // There are never more characters than bytes.
        if (_characters.Length < bytes.Length) { _characters = new char[bytes.Length * 2]; }

        return _characters.AsSpan(0, Encoding.UTF8.GetChars(bytes, _characters));
    }
}
