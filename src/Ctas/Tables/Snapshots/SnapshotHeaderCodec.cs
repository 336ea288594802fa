using System.Text;
using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>Writes headers as bytes and reads them back.</summary>
internal static class SnapshotHeaderCodec
{
    // Deeper types would not come from SQL, and each level is a call.
    private const int MaxTypeDepth = 200;

    /// <summary>The header as bytes.</summary>
    public static byte[] Write(SnapshotHeader header)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(header.Table);
        writer.Write(header.Definition);
        Write(writer, header.Schema);
        writer.Write(header.RowCount);
        writer.Write(header.Stamp.ToByteArray());
        writer.Write(header.HoldsSegments);
        writer.Write(header.CreatedAt.UtcTicks);
        writer.Write(header.WhyNotContinued);
        WriteAll(writer, header.Sources, Write);
        WriteAll(writer, header.Inputs, static (to, input) =>
        {
            to.Write(input.Table);
            to.Write(input.Stamp.ToByteArray());
        });
        return bytes.ToArray();
    }

    /// <summary>The header of bytes that <see cref="Write(SnapshotHeader)"/> made.</summary>
    /// <exception cref="SnapshotFormatException">It did not make them.</exception>
    public static SnapshotHeader Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            SnapshotHeader header = Read(reader);
            if (header.Schema.Fields.Any(field => field.Type.Kind == DataTypeKind.Unknown)) { throw Wrong("a column has no type"); }

            return reader.BaseStream.Position == bytes.Length ? header : throw Wrong("it is followed by something else");
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            // What the readers of strings, types, times and schemas say to what they cannot take.
            throw Wrong(e.Message);
        }
    }

    private static SnapshotHeader Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadString(), ReadSchema(reader), reader.ReadInt64(), ReadStamp(reader))
    {
        HoldsSegments = reader.ReadBoolean(),
        CreatedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        WhyNotContinued = reader.ReadString(),
        Sources = ReadAll(reader, ReadSource),
        Inputs = ReadAll(reader, static from => new StoredInput(from.ReadString(), ReadStamp(from))),
    };

    private static void Write(BinaryWriter writer, StoredSource source)
    {
        writer.Write(source.Name);
        writer.Write(source.Identity);
        writer.Write(source.Schema is not null);
        if (source.Schema is { } schema) { Write(writer, schema); }

        WriteAll(writer, source.Partitions, static (to, partition) =>
        {
            to.Write(partition.Id);
            to.Write(partition.Name);
            to.Write(partition.Start);
            to.Write(partition.Position);
        });
        writer.Write(source.ReadAt.UtcTicks);
    }

    private static StoredSource ReadSource(BinaryReader reader) => new(
        reader.ReadString(),
        reader.ReadString(),
        reader.ReadBoolean() ? ReadSchema(reader) : null,
        ReadAll(reader, static from => new StoredPartition(
            from.ReadInt32(), from.ReadString(), from.ReadInt64(), from.ReadInt64())))
    {
        ReadAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
    };

    private static void Write(BinaryWriter writer, Schema schema)
    {
        WriteAll(writer, schema.Fields, Write);
        WriteAll(writer, schema.Key, static (to, ordinal) => to.Write(ordinal));
    }

    private static Schema ReadSchema(BinaryReader reader)
    {
        Field[] fields = ReadAll(reader, static from => ReadField(from, depth: 0));
        return new Schema(fields, ReadAll(reader, static from => from.ReadInt32()));
    }

    private static void Write(BinaryWriter writer, Field field)
    {
        writer.Write(field.Name);
        Write(writer, field.Type);
    }

    private static Field ReadField(BinaryReader reader, int depth) => new(reader.ReadString(), ReadType(reader, depth));

    private static void Write(BinaryWriter writer, DataType type)
    {
        writer.Write((byte)type.Kind);
        if (type.Kind == DataTypeKind.Decimal)
        {
            writer.Write((byte)type.Precision);
            writer.Write((byte)type.Scale);
        }

        if (type.Key is { } key) { Write(writer, key); }

        if (type.Element is { } element) { Write(writer, element); }

        if (type.Kind == DataTypeKind.Struct) { WriteAll(writer, type.Fields, Write); }
    }

    private static DataType ReadType(BinaryReader reader, int depth) => (DataTypeKind)reader.ReadByte() switch
    {
        DataTypeKind.Unknown => DataType.Unknown,
        DataTypeKind.Null => DataType.Null,
        DataTypeKind.Boolean => DataType.Boolean,
        DataTypeKind.Int => DataType.Int,
        DataTypeKind.BigInt => DataType.BigInt,
        DataTypeKind.Double => DataType.Double,
        DataTypeKind.Decimal => DataType.Decimal(reader.ReadByte(), reader.ReadByte()),
        DataTypeKind.Varchar => DataType.Varchar,
        DataTypeKind.Bytes => DataType.Bytes,
        DataTypeKind.Date => DataType.Date,
        DataTypeKind.Time => DataType.Time,
        DataTypeKind.Timestamp => DataType.Timestamp,
        DataTypeKind.Interval => DataType.Interval,
        _ when depth > MaxTypeDepth => throw Wrong("a type is nested too deep"),
        DataTypeKind.Array => DataType.Array(ReadType(reader, depth + 1)),
        DataTypeKind.Map => DataType.Map(ReadType(reader, depth + 1), ReadType(reader, depth + 1)),
        DataTypeKind.Struct => DataType.Struct(ReadAll(reader, from => ReadField(from, depth + 1))),
        var kind => throw Wrong($"there is no type {kind}"),
    };

    private static Guid ReadStamp(BinaryReader reader) => new(reader.ReadBytes(16));

    private static void WriteAll<T>(BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (T item in items) { write(writer, item); }
    }

    private static T[] ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        // An item takes a byte at least: no more is allocated than can be there.
        int count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length - reader.BaseStream.Position) { throw Wrong($"it has {count} of something"); }

        var items = new T[count];
        for (int item = 0; item < items.Length; item++) { items[item] = read(reader); }

        return items;
    }

    private static SnapshotFormatException Wrong(string what) => new($"its header cannot be read: {what}");
}
