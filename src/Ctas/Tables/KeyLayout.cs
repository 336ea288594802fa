using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables;

/// <summary>The forms of keys that have lookups of their own.</summary>
internal enum KeyForm
{
    /// <summary>The table has no key.</summary>
    None,

    /// <summary>One INT or BIGINT column.</summary>
    Integer,

    /// <summary>One VARCHAR or BYTES column.</summary>
    Text,

    /// <summary>Anything else.</summary>
    General,
}

/// <summary>How the key columns of a schema are hashed and compared. Immutable.</summary>
/// <remarks>NULL equals NULL here: a key names a group, it is no operand of SQL's equality.</remarks>
internal sealed class KeyLayout
{
    private readonly int[] _ordinals;
    private readonly DataType[] _types;
    private readonly PhysicalType[] _physical;
    private readonly KeyHashes _hashes;

    public KeyLayout(Schema schema)
    {
        _ordinals = [.. schema.Key];
        _types = [.. _ordinals.Select(ordinal => schema.Fields[ordinal].Type)];
        _physical = [.. _types.Select(PhysicalTypes.Of)];
        Form = _types switch
        {
            [] => KeyForm.None,
            [{ Kind: DataTypeKind.Int or DataTypeKind.BigInt }] => KeyForm.Integer,
            [{ Kind: DataTypeKind.Varchar or DataTypeKind.Bytes }] => KeyForm.Text,
            _ => KeyForm.General,
        };
        IsVarchar = _types is [{ Kind: DataTypeKind.Varchar }];
        _hashes = new KeyHashes(this);
    }

    /// <summary>Which lookup serves the key.</summary>
    public KeyForm Form { get; }

    /// <summary>True when the key is one VARCHAR column.</summary>
    public bool IsVarchar { get; }

    /// <summary>The key columns in key order.</summary>
    public ReadOnlySpan<int> Ordinals => _ordinals;

    /// <summary>The types of the key columns in key order.</summary>
    public ReadOnlySpan<DataType> Types => _types;

    /// <summary>The hash of the key of a stored row.</summary>
    public ulong Hash(RowStore store, int row)
    {
        ulong hash = HashPart(store, row, 0);
        for (int part = 1; part < _ordinals.Length; part++)
        {
            hash = Hashing.Combine(hash, HashPart(store, row, part));
        }

        return hash;
    }

    /// <summary>The hashes of the keys of rows [start, end) of a batch.</summary>
    public void Hash(Batch rows, int start, int end, Span<ulong> hashes) => _hashes.Hash(rows, start, end, hashes);

    /// <summary>The hash of a key given from outside; equal to that of the stored row with the key.</summary>
    public ulong Hash(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        ulong hash = HashPart(key[0], text, _physical[0]);
        for (int part = 1; part < key.Length; part++)
        {
            hash = Hashing.Combine(hash, HashPart(key[part], text, _physical[part]));
        }

        return hash;
    }

    /// <summary>True when two stored rows have the same key.</summary>
    public bool AreEqual(RowStore left, int leftRow, RowStore right, int rightRow)
    {
        for (int part = 0; part < _ordinals.Length; part++)
        {
            int ordinal = _ordinals[part];
            bool isNull = left.IsNull(leftRow, ordinal);
            if (isNull != right.IsNull(rightRow, ordinal)) { return false; }

            if (isNull) { continue; }

            bool areEqual = _physical[part] == PhysicalType.Bytes
                ? left.BytesEqual(leftRow, ordinal, right.GetBytes(rightRow, ordinal))
                : Number(left, leftRow, part) == Number(right, rightRow, part);
            if (!areEqual) { return false; }
        }

        return true;
    }

    /// <summary>True when a stored row has the key given from outside.</summary>
    public bool AreEqual(RowStore store, int row, ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text)
    {
        for (int part = 0; part < key.Length; part++)
        {
            int ordinal = _ordinals[part];
            KeyPart wanted = key[part];
            if (wanted.IsNull != store.IsNull(row, ordinal)) { return false; }

            if (wanted.IsNull) { continue; }

            bool areEqual = _physical[part] == PhysicalType.Bytes
                ? store.BytesEqual(row, ordinal, text.Slice(wanted.TextStart, wanted.TextLength))
                : Number(store, row, part) == wanted.Number;
            if (!areEqual) { return false; }
        }

        return true;
    }

    /// <summary>The hash of one column of the key of a stored row.</summary>
    internal ulong HashPart(RowStore store, int row, int part)
    {
        int ordinal = _ordinals[part];
        if (store.IsNull(row, ordinal)) { return Hashing.Null; }

        return _physical[part] switch
        {
            PhysicalType.Bytes => store.HashBytes(row, ordinal),
            PhysicalType.Int128 or PhysicalType.Interval => HashWide(Number(store, row, part)),
            _ => Hashing.Int64((ulong)Number(store, row, part)),
        };
    }

    private static ulong HashPart(KeyPart key, ReadOnlySpan<byte> text, PhysicalType type)
    {
        if (key.IsNull) { return Hashing.Null; }

        return type switch
        {
            PhysicalType.Bytes => Hashing.Bytes(text.Slice(key.TextStart, key.TextLength)),
            PhysicalType.Int128 or PhysicalType.Interval => HashWide(key.Number),
            _ => Hashing.Int64((ulong)key.Number),
        };
    }

    private static ulong HashWide(Int128 number) =>
        Hashing.Combine(Hashing.Int64((ulong)number), (ulong)(number >> 64));

    private Int128 Number(RowStore store, int row, int part) => _physical[part] switch
    {
        PhysicalType.Double => KeyPart.Bits(store.GetDouble(row, _ordinals[part])),
        PhysicalType.Int128 => store.GetInt128(row, _ordinals[part]),
        PhysicalType.Interval => KeyPart.Bits(store.GetInterval(row, _ordinals[part])),
        _ => store.GetInt64(row, _ordinals[part]),
    };
}
