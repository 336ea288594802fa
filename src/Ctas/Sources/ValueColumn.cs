using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ctas.Data;
using Ctas.Data.Nested;
using Calendar = Ctas.Data.Calendar;

namespace Ctas.Sources;

/// <summary>Appends the values of one source column to its typed builder, strictly and without loss.</summary>
/// <remarks>
/// The appending methods return null when the value was taken, otherwise what is wrong with it, and the column is
/// unchanged. A column with an inferred type returns <see cref="MustWiden"/> instead: the caller makes sure that the
/// record is sound, calls <see cref="Widen"/>, and appends again. Single-threaded.
/// </remarks>
internal sealed class ValueColumn
{
    /// <summary>Not a failure: the inferred type is too narrow for the value. Compared by reference.</summary>
    public static readonly string MustWiden = new("the type must widen");

    /// <summary>So many strings tell whether looking for equal ones is worth it.</summary>
    public const int StringsToJudge = 2048;

    // Above this share of different strings among those appended, looking for equal ones costs more than it saves; of few
    // strings more are different than will be of many.
    private const double MaxDistinctShare = 0.9;
    private const double MaxDistinctShareOfFew = 0.985;
    private const int FewStrings = 16_384;

    /// <summary>Compact tables encode so many rows at once, straight from a pool that holds them all.</summary>
    public const int RowsOfPool = 65_536;

    private ColumnBuilder _builder;
    private ValueKernel _kernel;
    private long _stringsInPool;
    private long _rowsBefore;
    private NestedJsonReader? _nested;
    private readonly bool _isLending;
    private DataType _wanted = DataType.Null;

    /// <summary>Makes a column; an Unknown type is inferred.</summary>
    /// <param name="column">What to deliver.</param>
    /// <param name="rows">Rows the batch has already; they are NULL.</param>
    /// <param name="isLending">True when the memory of batches is given back.</param>
    public ValueColumn(SourceColumn column, int rows = 0, bool isLending = false)
    {
        _isLending = isLending;
        Source = column;
        HeaderKey = Encoding.UTF8.GetBytes(column.HeaderKey ?? "");
        IsInferred = column.Type.Kind is DataTypeKind.Unknown or DataTypeKind.Null;
        Type = IsInferred ? DataType.Null : column.Type;
        _builder = ColumnBuilder.Create(Type, pool: null, isLending);
        _kernel = KernelOf(Type);
        _nested = NestedReader();
        for (int row = 0; row < rows; row++) { _builder.AppendNull(); }
    }

    /// <summary>The column as it was asked for.</summary>
    public SourceColumn Source { get; }

    /// <summary>The header that is read, UTF-8.</summary>
    public byte[] HeaderKey { get; }

    /// <summary>The type of the values; NULL while an inferred column has seen none.</summary>
    public DataType Type { get; private set; }

    /// <summary>True when <see cref="Type"/> follows the values.</summary>
    public bool IsInferred { get; }

    /// <summary>Format of text that gives a TIMESTAMP; null: ISO 8601.</summary>
    public string? TimestampFormat { get; init; }

    /// <summary>Which of the typed builders below is there, and whether values need no check beyond the type's.</summary>
    public ValueKernel Kernel
    {
        get => _kernel;
        init => _kernel = value;
    }

    /// <summary>The builder of <see cref="ValueKernel.Text"/>.</summary>
    public StringColumnBuilder Texts => Unsafe.As<StringColumnBuilder>(_builder);

    /// <summary>The builder of <see cref="ValueKernel.Int64"/> and <see cref="ValueKernel.Timestamp"/>.</summary>
    public FixedColumnBuilder<long> Longs => Unsafe.As<FixedColumnBuilder<long>>(_builder);

    /// <summary>The builder of <see cref="ValueKernel.Int32"/>.</summary>
    public FixedColumnBuilder<int> Ints => Unsafe.As<FixedColumnBuilder<int>>(_builder);

    /// <summary>The builder of <see cref="ValueKernel.Double"/>.</summary>
    public FixedColumnBuilder<double> Doubles => Unsafe.As<FixedColumnBuilder<double>>(_builder);

    /// <summary>The builder of <see cref="ValueKernel.Boolean"/>.</summary>
    public FixedColumnBuilder<bool> Booleans => Unsafe.As<FixedColumnBuilder<bool>>(_builder);

    /// <summary>Rows appended.</summary>
    public int Count => _builder.Count;

    /// <summary>The next column that reads the same field, null for the last.</summary>
    public ValueColumn? Sibling { get; set; }

    /// <summary>The last row that was filled by a field of exactly the column's name.</summary>
    public int ExactRow { get; set; } = -1;

    /// <summary>Appends NULL.</summary>
    public void AppendNull() => _builder.AppendNull();

    /// <summary>Takes back the rows from <paramref name="rows"/> on.</summary>
    public void TruncateTo(int rows)
    {
        if (_builder.Count > rows) { _builder.TruncateTo(rows); }
    }

    /// <summary>Appends a 64-bit value to a BIGINT or TIMESTAMP column, an INT one where it fits by contract.</summary>
    public void AppendInteger(long value)
    {
        if (_builder is FixedColumnBuilder<long> longs) { longs.Append(value); }
        else { ((FixedColumnBuilder<int>)_builder).Append(checked((int)value)); }
    }

    /// <summary>Appends a JSON <c>true</c> or <c>false</c>.</summary>
    public string? AppendBoolean(bool value)
    {
        if (_builder is FixedColumnBuilder<bool> booleans)
        {
            booleans.Append(value);
            return null;
        }

        if (Type.Kind == DataTypeKind.Varchar) { return AppendRaw(value ? "true"u8 : "false"u8); }

        return IsInferred ? Want(DataType.Boolean) : "a boolean";
    }

    /// <summary>Reads a number of a DOUBLE column; false where the general way has to decide.</summary>
    /// <remarks>A longer number may be one that an inferred column has to keep as it is written.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadDouble(ref byte text, ref int at, out double value) =>
        JsonText.TryReadDouble(ref text, ref at, out value) || (!IsInferred && JsonText.TryReadLongDouble(ref text, ref at, out value));

    /// <summary>Appends a JSON number, given by its text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string? AppendNumber(ReadOnlySpan<byte> number)
    {
        switch (Type.Kind)
        {
            case DataTypeKind.Int:
                if (ValueParser.TryParsePlainInteger(number, out long value) && value == (int)value)
                {
                    ((FixedColumnBuilder<int>)_builder).Append((int)value);
                    return null;
                }

                return IsInferred ? WantNumber(number) : AppendWholeNumber(number);
            case DataTypeKind.BigInt:
                if (ValueParser.TryParsePlainInteger(number, out value))
                {
                    ((FixedColumnBuilder<long>)_builder).Append(value);
                    return null;
                }

                return IsInferred ? WantNumber(number) : AppendWholeNumber(number);
            case DataTypeKind.Double:
                if (IsInferred && number.Length > 15 && !JsonTypes.IsExactAsDouble(number)) { return Want(DataType.Varchar); }

                if (!ValueParser.TryParseDouble(number, out double real))
                {
                    return NumberMisfit(number, "a number outside the range of DOUBLE");
                }

                ((FixedColumnBuilder<double>)_builder).Append(real);
                return null;
            case DataTypeKind.Varchar:
                return AppendRaw(number);
            case DataTypeKind.Decimal:
                return AppendDecimal(number);
            case DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp:
                return AppendEpochNumber(number);
            default:
                return IsInferred ? WantNumber(number) : "a number";
        }
    }

    /// <summary>Appends a JSON string, unescaped: text, BYTES as base64, exact decimals, ISO dates and times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string? AppendString(ReadOnlySpan<byte> text) => Type.Kind switch
    {
        DataTypeKind.Varchar => Texts.TryAppendText(text) ? null : "a string that is not UTF-8",
        DataTypeKind.Decimal => AppendDecimal(text),
        DataTypeKind.Bytes => AppendBase64(text),
        DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp or DataTypeKind.Interval =>
            AppendTemporal(text),
        _ => IsInferred ? Want(DataType.Varchar) : "a string",
    };

    /// <summary>Appends a JSON object or array: to a VARCHAR as its text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public string? AppendJson(ReadOnlySpan<byte> json)
    {
        if (Type.Kind == DataTypeKind.Varchar) { return Utf8.IsValid(json) ? AppendRaw(json) : "text that is not UTF-8"; }

        string? failure = _nested is null ? "an object or array" : _nested.Read(json, out _);
        if (failure is null) { return AppendRaw(_nested!.Written); }

        return IsInferred ? Want(JsonTypes.Of(json)) : failure;
    }

    /// <summary>Appends a nested value in its encoded form.</summary>
    public void AppendEncoded(ReadOnlySpan<byte> value) => AppendRaw(value);

    /// <summary>Appends a value given as plain text: a field of a delimited line, a header, a key.</summary>
    public string? AppendText(ReadOnlySpan<byte> text)
    {
        if (IsInferred)
        {
            DataType common = ColumnWidening.Common(Type, TextType(text));
            if (common != Type) { return Want(common); }
        }

        switch (Type.Kind)
        {
            case DataTypeKind.Boolean:
                bool isTrue = Ascii.EqualsIgnoreCase(text, "true"u8);
                return isTrue || Ascii.EqualsIgnoreCase(text, "false"u8)
                    ? AppendBoolean(isTrue)
                    : "text that is not true or false";
            case DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Double:
                return AppendNumber(text);
            case DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp when TimestampFormat is null:
                string? failure = AppendTemporal(text);
                return failure is not null && ValueParser.TryParseInteger(text, out _) ? AppendEpochNumber(text) : failure;
            case var _ when Type.IsNested:
                return AppendJsonText(text);
            default:
                return AppendString(text);
        }
    }

    /// <summary>Appends a value in Kafka's own serialisation: big-endian numbers, everything else as text.</summary>
    public string? AppendKafka(ReadOnlySpan<byte> value)
    {
        switch (Type.Kind)
        {
            case DataTypeKind.Int:
                if (value.Length != sizeof(int)) { return "other than the 4 bytes of an INT"; }

                ((FixedColumnBuilder<int>)_builder).Append(BinaryPrimitives.ReadInt32BigEndian(value));
                return null;
            case DataTypeKind.BigInt:
                if (value.Length != sizeof(long)) { return "other than the 8 bytes of a BIGINT"; }

                ((FixedColumnBuilder<long>)_builder).Append(BinaryPrimitives.ReadInt64BigEndian(value));
                return null;
            case DataTypeKind.Timestamp when TimestampFormat is null && value.Length == sizeof(long):
                return EpochNumber.TryConvert(BinaryPrimitives.ReadInt64BigEndian(value), Type, out long time)
                    ? AppendPhysical(time)
                    : EpochNumber.Misfit(Type);
            case DataTypeKind.Double:
                if (value.Length != sizeof(double)) { return "other than the 8 bytes of a DOUBLE"; }

                ((FixedColumnBuilder<double>)_builder).Append(BinaryPrimitives.ReadDoubleBigEndian(value));
                return null;
            case DataTypeKind.Bytes:
                return AppendRaw(value);
            case DataTypeKind.Null:
                return Want(DataType.Varchar);
            case DataTypeKind.Varchar:
                return AppendString(value);
            default:
                return AppendText(value);
        }
    }

    /// <summary>Makes the type as wide as the value that was refused last needs it.</summary>
    /// <returns>The type before.</returns>
    public DataType Widen()
    {
        DataType before = Type;
        Column narrow = _builder.Finish();
        ColumnBuilder wide = ColumnBuilder.Create(_wanted, pool: null, _isLending);
        Column converted = ColumnWidening.Convert(narrow, _wanted, (wide as StringColumnBuilder)?.Pool);
        for (int row = 0; row < converted.Length; row++) { wide.AppendFrom(converted, row); }

        _builder = wide;
        Type = _wanted;
        _kernel = KernelOf(Type);
        _nested = NestedReader();
        return before;
    }

    /// <summary>Takes out the one 64-bit value that was appended, null when none was: the event time of a record.</summary>
    public long? TakeTimestamp()
    {
        long? value = Count == 0 ? null : ((FixedColumnBuilder<long>)_builder).Values[0];
        TruncateTo(0);
        return value;
    }

    /// <summary>The rows as a column; the next batch starts empty.</summary>
    /// <param name="maxPoolBytes">A larger string pool is left to this column, and a new one begun.</param>
    public Column Finish(long maxPoolBytes)
    {
        int rows = Count;
        Column column = _builder.Finish();
        ExactRow = -1;
        if (_builder is StringColumnBuilder strings && maxPoolBytes < long.MaxValue)
        {
            _stringsInPool += column.Validity?.CountSet() ?? rows;
            _rowsBefore += rows;
            RenewPool(strings.Pool, maxPoolBytes, endsRows: _rowsBefore / RowsOfPool > (_rowsBefore - rows) / RowsOfPool);
        }

        return column;
    }

    // Strings that are nearly all different are not looked for any more; nor are they gathered in one large pool then.
    private void RenewPool(StringPool pool, long maxPoolBytes, bool endsRows)
    {
        bool isDistinct = !pool.IsInterned
            || (_stringsInPool >= StringsToJudge
                && pool.Count > _stringsInPool * (_stringsInPool < FewStrings ? MaxDistinctShareOfFew : MaxDistinctShare));
        bool isUsedUp = isDistinct && (pool.IsInterned || endsRows);
        if (!isUsedUp && pool.SizeInBytes <= maxPoolBytes) { return; }

        StringPool next = isDistinct && _isLending
            ? StringPool.Lend(RowsOfPool)
            : new StringPool(isInterned: !isDistinct, capacity: isDistinct ? RowsOfPool : 0);
        _builder = ColumnBuilder.Create(Type, next, _isLending);
        pool.Release();
        _stringsInPool = 0;
    }

    private static ValueKernel KernelOf(DataType type) => type.Kind switch
    {
        DataTypeKind.Varchar => ValueKernel.Text,
        DataTypeKind.BigInt => ValueKernel.Int64,
        DataTypeKind.Int => ValueKernel.Int32,
        DataTypeKind.Double => ValueKernel.Double,
        DataTypeKind.Boolean => ValueKernel.Boolean,
        DataTypeKind.Timestamp => ValueKernel.Timestamp,
        _ => ValueKernel.General,
    };

    private NestedJsonReader? NestedReader() =>
        Type.IsNested ? new NestedJsonReader(ValueShape.Of(Type)) { IsExact = IsInferred } : null;

    private string? AppendJsonText(ReadOnlySpan<byte> text)
    {
        try
        {
            string? failure = _nested!.Read(text, out bool isNull);
            if (failure is null && isNull) { AppendNull(); }
            else if (failure is null) { AppendRaw(_nested.Written); }

            return failure;
        }
        catch (JsonException)
        {
            return "text that is not JSON";
        }
    }

    private string? AppendRaw(ReadOnlySpan<byte> value)
    {
        ((StringColumnBuilder)_builder).Append(value);
        return null;
    }

    private string? AppendWholeNumber(ReadOnlySpan<byte> number)
    {
        if (!ValueParser.TryParseInteger(number, out long value)) { return NumberMisfit(number, "a number that is not whole or out of range"); }

        if (Type.Kind == DataTypeKind.Int && value != (int)value) { return "a number outside the range of INT"; }

        AppendInteger(value);
        return null;
    }

    private string? AppendDecimal(ReadOnlySpan<byte> text)
    {
        if (!ValueParser.TryParseDecimal(text, Type.Precision, Type.Scale, out Int128 unscaled))
        {
            return NumberMisfit(text, "a number that does not fit exactly");
        }

        ((FixedColumnBuilder<Int128>)_builder).Append(unscaled);
        return null;
    }

    private static string NumberMisfit(ReadOnlySpan<byte> text, string misfit) =>
        Utf8Parser.TryParse(text, out double _, out int read) && read == text.Length ? misfit : "text that is no number";

    private string? AppendEpochNumber(ReadOnlySpan<byte> number) =>
        EpochNumber.TryRead(number, Type, out long value) ? AppendPhysical(value) : EpochNumber.Misfit(Type);

    private string? AppendPhysical(long value)
    {
        AppendInteger(value);
        return null;
    }

    private string? AppendBase64(ReadOnlySpan<byte> text)
    {
        int length = Base64.GetMaxDecodedFromUtf8Length(text.Length);
        byte[]? rented = length > 1024 ? System.Buffers.ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> bytes = rented ?? stackalloc byte[1024];
        bool isValid = Base64.DecodeFromUtf8(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done;
        if (isValid) { AppendRaw(bytes[..written]); }

        if (rented is not null) { System.Buffers.ArrayPool<byte>.Shared.Return(rented); }

        return isValid ? null : "a string that is not base64";
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private string? AppendTemporal(ReadOnlySpan<byte> text)
    {
        switch (Type.Kind)
        {
            case DataTypeKind.Date when ValueParser.TryParseDate(text, out int days):
                ((FixedColumnBuilder<int>)_builder).Append(days);
                return null;
            case DataTypeKind.Time when ValueParser.TryParseTime(text, out long time):
                ((FixedColumnBuilder<long>)_builder).Append(time);
                return null;
            case DataTypeKind.Timestamp when TimestampFormat is not null:
                return AppendFormatted(text, TimestampFormat);
            case DataTypeKind.Timestamp when ValueParser.TryParseTimestamp(text, out long timestamp):
                ((FixedColumnBuilder<long>)_builder).Append(timestamp);
                return null;
            case DataTypeKind.Interval when IsoInterval.TryParse(text, out Interval interval):
                ((FixedColumnBuilder<Interval>)_builder).Append(interval);
                return null;
            default:
                return "text in another form than ISO 8601";
        }
    }

    private string? AppendFormatted(ReadOnlySpan<byte> text, string format)
    {
        // A text longer than this is no time.
        Span<char> characters = stackalloc char[128];
        if (text.Length > characters.Length) { return "text that does not match timestamp_format"; }

        int length = Encoding.UTF8.GetChars(text, characters);
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (!DateTime.TryParseExact(characters[..length], format, CultureInfo.InvariantCulture, Utc, out DateTime time))
        {
            return "text that does not match timestamp_format";
        }

        AppendInteger(Calendar.FloorDivide((time - DateTime.UnixEpoch).Ticks, TimeSpan.TicksPerMicrosecond));
        return null;
    }

    private string Want(DataType type)
    {
        _wanted = ColumnWidening.Common(Type, type);
        return MustWiden;
    }

    private string WantNumber(ReadOnlySpan<byte> number) => Want(JsonTypes.OfNumber(number));

    private static DataType TextType(ReadOnlySpan<byte> text)
    {
        if (Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "false"u8))
        {
            return DataType.Boolean;
        }

        // 007 and +5 are codes that happen to be digits: as numbers they would lose characters.
        ReadOnlySpan<byte> digits = text.Length > 0 && text[0] == '-' ? text[1..] : text;
        bool isPlain = digits.Length > 0 && char.IsAsciiDigit((char)digits[0])
            && (digits[0] != '0' || digits.Length == 1 || digits[1] == '.');
        return isPlain ? JsonTypes.OfNumber(text) : DataType.Varchar;
    }
}
