using System.Diagnostics;
using Ctas.Data;
using Ctas.Tables.Indexes;

namespace Ctas.Tables;

/// <summary>Looks rows of one version up by values in columns of batches, as a join has them. Single-threaded.</summary>
/// <param name="version">The version.</param>
/// <param name="columns">Ordinals of its columns, in the order of its key or of an index.</param>
/// <param name="isKey">True when they are its whole key.</param>
internal sealed class BatchSearch(Table version, OrdinalList columns, bool isKey)
{
    private readonly DataType[] _types = [.. columns.Select(column => version.Schema.Fields[column].Type)];
    private readonly KeyPart[] _parts = new KeyPart[columns.Count];
    private readonly List<int> _rows = [];
    private byte[] _text = new byte[256];
    private int _textLength;

    /// <summary>Numbers of the rows whose values are among given ones, ascending, each once. NULL is never found.</summary>
    /// <param name="keys">The values, a column for each; of the type of the column or of a wider one.</param>
    /// <param name="maxRows">How many keys are looked up and how many rows found at most.</param>
    /// <returns>Null when there are more, or no index.</returns>
    public int[]? TryFind(IReadOnlyList<Batch> keys, long maxRows)
    {
        SecondaryIndex? index = isKey ? null : version.Indexes.Find(columns.AsSpan(), isEquality: true);
        if ((index is null && !isKey) || keys.Sum(batch => (long)batch.RowCount) > maxRows) { return null; }

        foreach (Batch batch in keys)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (!TryConvert(batch, row)) { continue; }

                if (!Find(index, maxRows)) { return null; }
            }
        }

        // The same key may have come again.
        int[] found = [.. _rows.Order().Distinct()];
        _rows.Clear();
        return found;
    }

    /// <summary>Adds the rows with the values; false when there are too many.</summary>
    private bool Find(SecondaryIndex? index, long maxRows)
    {
        ReadOnlySpan<byte> text = _text.AsSpan(0, _textLength);
        if (index is not null) { return index.TryFindEqual(_parts, text, _rows, maxRows); }

        if (version.NumberOf(_parts, text) is >= 0 and var number) { _rows.Add(number); }

        return _rows.Count <= maxRows;
    }

    /// <summary>Brings the values of a row into the form of the columns; false when no row can have them.</summary>
    private bool TryConvert(Batch keys, int row)
    {
        _textLength = 0;
        for (int part = 0; part < _parts.Length; part++)
        {
            if (keys.IsNull(row, part)) { return false; }

            if (PhysicalTypes.Of(_types[part]) == PhysicalType.Bytes) { _parts[part] = Text(keys.GetBytes(row, part)); }
            else if (NumberOf(keys, row, part) is { } number) { _parts[part] = new KeyPart(IsNull: false, number, 0, 0); }
            else { return false; }
        }

        return true;
    }

    private KeyPart Text(ReadOnlySpan<byte> bytes)
    {
        if (_text.Length - _textLength < bytes.Length) { Array.Resize(ref _text, (_textLength + bytes.Length) * 2); }

        bytes.CopyTo(_text.AsSpan(_textLength));
        _textLength += bytes.Length;
        return new KeyPart(IsNull: false, 0, _textLength - bytes.Length, bytes.Length);
    }

    private Int128? NumberOf(Batch keys, int row, int part)
    {
        DataType from = keys[part].Type;
        DataType to = _types[part];
        Int128 number = PhysicalTypes.Of(from) switch
        {
            PhysicalType.Double => KeyPart.Bits(keys.GetDouble(row, part)),
            PhysicalType.Int128 => keys.GetInt128(row, part),
            PhysicalType.Interval => KeyPart.Bits(keys.GetInterval(row, part)),
            _ => keys.GetInt64(row, part),
        };
        return (from.Kind, to.Kind) switch
        {
            (DataTypeKind.Decimal, DataTypeKind.Decimal) => KeyConversion.Rescale(number, from.Scale, to.Scale),
            (DataTypeKind.Decimal, DataTypeKind.Int or DataTypeKind.BigInt) =>
                Within(KeyConversion.Rescale(number, from.Scale, 0), to.Kind),
            (DataTypeKind.BigInt, DataTypeKind.Int) => Within(number, to.Kind),
            _ when from.Kind == to.Kind => number,
            _ => throw new UnreachableException($"A join looks up {from} in a column of {to}."),
        };
    }

    private static Int128? Within(Int128? number, DataTypeKind kind) => kind == DataTypeKind.Int
        ? number >= int.MinValue && number <= int.MaxValue ? number : null
        : number >= long.MinValue && number <= long.MaxValue ? number : null;
}
