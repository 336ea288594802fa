using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>One value of any type for each group, NULL until it is set. Single-threaded.</summary>
internal abstract class GroupValues
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Values of a type.</summary>
    public static GroupValues Create(DataType type) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => new FixedGroupValues<bool>(type),
        PhysicalType.Int32 => new FixedGroupValues<int>(type),
        PhysicalType.Int64 => new FixedGroupValues<long>(type),
        PhysicalType.Double => new FixedGroupValues<double>(type),
        PhysicalType.Int128 => new FixedGroupValues<Int128>(type),
        PhysicalType.Interval => new FixedGroupValues<Interval>(type),
        PhysicalType.Bytes => new StringGroupValues(type),
        _ => throw new UnreachableException($"No values of {type}."),
    };

    /// <summary>Row <c>rows[i]</c> of the source becomes the value of <c>groups[i]</c>; later ones win.</summary>
    public abstract void Set(Column source, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>The values, a row for each group.</summary>
    public abstract Column Finish(int groupCount);
}

/// <summary>Values of fixed width.</summary>
internal sealed class FixedGroupValues<T>(DataType type) : GroupValues
    where T : unmanaged
{
    private T[] _values = [];
    private bool[] _isSet = [];

    public override long SizeInBytes => _values.Length * (Unsafe.SizeOf<T>() + 1L);

    public override void Set(Column source, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        ReadOnlySpan<T> values = ((FixedColumn<T>)source).Values;
        for (int i = 0; i < rows.Length; i++)
        {
            _values[groups[i]] = values[rows[i]];
            _isSet[groups[i]] = !source.IsNull(rows[i]);
        }
    }

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (_isSet[group]) { continue; }

            validity ??= new Bitmap(groupCount, value: true);
            validity[group] = false;
        }

        return new FixedColumn<T>(type, _values, groupCount, validity);
    }

    private void GrowTo(int groupCount)
    {
        if (groupCount <= _values.Length) { return; }

        int length = Math.Max(groupCount, Math.Max(64, _values.Length * 2));
        Array.Resize(ref _values, length);
        Array.Resize(ref _isSet, length);
    }
}

/// <summary>Values that are byte strings, as codes of a pool of its own.</summary>
internal sealed class StringGroupValues(DataType type) : GroupValues
{
    private readonly OwnPool _pool = new();

    // Code + 1; 0 is NULL.
    private int[] _codes = [];

    public override long SizeInBytes => (_codes.Length * 4L) + _pool.SizeInBytes;

    public override void Set(Column source, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        var strings = (StringColumn)source;
        CodeMap map = _pool.MapOf(strings.Pool);
        for (int i = 0; i < rows.Length; i++) { _codes[groups[i]] = map.Translate(strings.Codes[rows[i]]) + 1; }
    }

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        var builder = new StringColumnBuilder(type, _pool.Pool);
        foreach (int code in _codes.AsSpan(0, groupCount))
        {
            if (code == 0) { builder.AppendNull(); }
            else { builder.AppendCode(code - 1); }
        }

        return builder.Finish();
    }

    private void GrowTo(int groupCount)
    {
        if (groupCount > _codes.Length)
        {
            Array.Resize(ref _codes, Math.Max(groupCount, Math.Max(64, _codes.Length * 2)));
        }
    }
}
