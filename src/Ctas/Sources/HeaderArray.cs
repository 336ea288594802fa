using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Sources;

/// <summary>Writes headers as values of <see cref="HeaderType.Headers"/>. Single-threaded, reused.</summary>
internal sealed class HeaderArray
{
    private static readonly ValueShape Shape = ValueShape.Of(HeaderType.Headers);

    private readonly NestedValueWriter _writer = new();

    /// <summary>The headers in their order; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(IRecordHeaders headers)
    {
        _writer.Begin(Shape);
        for (int header = 0; header < headers.Count; header++)
        {
            _writer.Begin(Shape.Element);
            _writer.WriteBytes(headers.GetKey(header));
            if (headers.TryGetValue(header, out ReadOnlySpan<byte> value)) { _writer.WriteBytes(value); }
            else { _writer.WriteNull(); }

            _writer.End();
        }

        _writer.End();
        return _writer.Written;
    }
}
