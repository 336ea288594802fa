using System.Text;

namespace Ctas.Data.Host;

/// <summary>How values of a .NET type are SQL values.</summary>
/// <param name="Type">The SQL type; a DECIMAL parameter takes any precision and scale.</param>
internal abstract record HostType(DataType Type)
{
    /// <summary>True when null is a value of the .NET type itself, as of <c>long?</c>.</summary>
    public bool TakesNull { get; init; }
}

/// <summary>How values of a .NET type are SQL values, without boxing.</summary>
/// <param name="Type">The SQL type.</param>
/// <param name="Read">The value of a row, which is not NULL unless <see cref="HostType.TakesNull"/>.</param>
/// <param name="Append">Appends a value to a column.</param>
internal sealed record HostType<T>(DataType Type, Func<Column, int, T> Read, Action<ColumnBuilder, T> Append)
    : HostType(Type)
{
    /// <summary>Makes what appends many values of one thread, with buffers that it keeps; null: as it is.</summary>
    public Func<Action<ColumnBuilder, T>>? NewAppend { get; init; }
}

/// <summary>The .NET types that functions of the host application can take and return.</summary>
internal static class HostTypes
{
    private static readonly Dictionary<Type, HostType> Known = MakeKnown();

    /// <summary>The .NET types that are known, for messages.</summary>
    public static string Names { get; } =
        "bool, int, long, double, decimal, string, byte[], ReadOnlyMemory<byte>, DateOnly, TimeOnly, DateTime, "
        + "DateTimeOffset, Interval, their nullable forms, and IReadOnlyList<T> and T[] of them";

    /// <summary>How <typeparamref name="T"/> is a SQL value.</summary>
    /// <exception cref="ArgumentException">No SQL type holds its values.</exception>
    public static HostType<T> Of<T>() => (HostType<T>)Of(typeof(T));

    /// <summary>How a .NET type is a SQL value.</summary>
    /// <exception cref="ArgumentException">No SQL type holds its values.</exception>
    public static HostType Of(Type type) => Known.TryGetValue(type, out HostType? known)
        ? known
        : throw new ArgumentException($"Functions cannot take or return {type.Name}; they can {Names}.", nameof(type));

    private static Dictionary<Type, HostType> MakeKnown()
    {
        Dictionary<Type, HostType> known = [];
        AddStruct(known, Fixed<bool>(DataType.Boolean));
        AddStruct(known, Fixed<int>(DataType.Int));
        AddStruct(known, Fixed<long>(DataType.BigInt));
        AddStruct(known, Fixed<double>(DataType.Double));
        AddStruct(known, Fixed<Interval>(DataType.Interval));
        AddStruct(known, new HostType<decimal>(HostDecimals.Type, HostDecimals.Read, HostDecimals.Append));
        AddStruct(known, new HostType<DateOnly>(
            DataType.Date,
            (column, row) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(((FixedColumn<int>)column).Values[row]),
            (builder, value) => ((FixedColumnBuilder<int>)builder).Append(
                value.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber)));
        AddStruct(known, new HostType<TimeOnly>(
            DataType.Time,
            (column, row) => new TimeOnly(((FixedColumn<long>)column).Values[row] * TimeSpan.TicksPerMicrosecond),
            (builder, value) => ((FixedColumnBuilder<long>)builder).Append(value.Ticks / TimeSpan.TicksPerMicrosecond)));
        AddStruct(known, new HostType<DateTime>(
            DataType.Timestamp,
            (column, row) => DateTime.UnixEpoch.AddTicks(((FixedColumn<long>)column).Values[row] * TimeSpan.TicksPerMicrosecond),
            (builder, value) => AppendMoment(builder, value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value)));
        AddStruct(known, new HostType<DateTimeOffset>(
            DataType.Timestamp,
            (column, row) => new DateTimeOffset(
                DateTime.UnixEpoch.AddTicks(((FixedColumn<long>)column).Values[row] * TimeSpan.TicksPerMicrosecond)),
            (builder, value) => AppendMoment(builder, value.UtcDateTime)));
        AddStruct(known, new HostType<ReadOnlyMemory<byte>>(
            DataType.Bytes,
            (column, row) => ((StringColumn)column).GetBytes(row).ToArray(),
            (builder, value) => ((StringColumnBuilder)builder).Append(value.Span)));
        AddReference(known, new HostType<string>(
            DataType.Varchar,
            (column, row) => column.IsNull(row) ? null! : Encoding.UTF8.GetString(((StringColumn)column).GetBytes(row)),
            (builder, value) => AppendText(builder, value)));
        AddReference(known, new HostType<byte[]>(
            DataType.Bytes,
            (column, row) => column.IsNull(row) ? null! : ((StringColumn)column).GetBytes(row).ToArray(),
            (builder, value) => AppendBytes(builder, value)));
        return known;
    }

    private static HostType<T> Fixed<T>(DataType type)
        where T : unmanaged => new(
            type,
            (column, row) => ((FixedColumn<T>)column).Values[row],
            (builder, value) => ((FixedColumnBuilder<T>)builder).Append(value));

    private static void AddStruct<T>(Dictionary<Type, HostType> known, HostType<T> type)
        where T : struct
    {
        known.Add(typeof(T), type);
        var nullable = new HostType<T?>(
            type.Type,
            (column, row) => column.IsNull(row) ? null : type.Read(column, row),
            (builder, value) =>
            {
                if (value is { } given) { type.Append(builder, given); }
                else { builder.AppendNull(); }
            })
        {
            TakesNull = true,
        };
        known.Add(typeof(T?), nullable);
        AddLists(known, type);
        AddLists(known, nullable);
    }

    private static void AddReference<T>(Dictionary<Type, HostType> known, HostType<T> type)
        where T : class
    {
        known.Add(typeof(T), type);
        AddLists(known, type);
    }

    private static void AddLists<T>(Dictionary<Type, HostType> known, HostType<T> element)
    {
        var lists = new HostListType<T>(element);
        known.TryAdd(typeof(T[]), List<T[]>(lists));
        known.TryAdd(typeof(IReadOnlyList<T>), List<IReadOnlyList<T>>(lists));
        known.TryAdd(typeof(IEnumerable<T>), List<IEnumerable<T>>(lists));

        HostType<TList> List<TList>(HostListType<T> type)
            where TList : IEnumerable<T> => new(
            type.Type,
            (column, row) => (TList)(object)type.Read(column, row),
            (builder, value) => type.NewAppend()(builder, value))
            {
                NewAppend = () =>
                {
                    Action<ColumnBuilder, IEnumerable<T>?> append = type.NewAppend();
                    return (builder, value) => append(builder, value);
                },
            };
    }

    private static void AppendMoment(ColumnBuilder builder, DateTime value) => ((FixedColumnBuilder<long>)builder).Append(
        Calendar.FloorDivide(value.Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond));

    private static void AppendText(ColumnBuilder builder, string? value)
    {
        if (value is null) { builder.AppendNull(); }
        else { ((StringColumnBuilder)builder).Append(value); }
    }

    private static void AppendBytes(ColumnBuilder builder, byte[]? value)
    {
        if (value is null) { builder.AppendNull(); }
        else { ((StringColumnBuilder)builder).Append(value); }
    }
}
