using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>An operation of two values that may be done in any order. A struct, so that loops are compiled for it.</summary>
internal interface IFold<T>
{
    static abstract T Fold(T left, T right);
}

internal readonly struct AndFold : IFold<bool>
{
    public static bool Fold(bool left, bool right) => left & right;
}

internal readonly struct OrFold : IFold<bool>
{
    public static bool Fold(bool left, bool right) => left | right;
}

internal readonly struct BitAndFold<T> : IFold<T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Fold(T left, T right) => left & right;
}

internal readonly struct BitOrFold<T> : IFold<T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Fold(T left, T right) => left | right;
}

internal readonly struct BitXorFold<T> : IFold<T>
    where T : IBitwiseOperators<T, T, T>
{
    public static T Fold(T left, T right) => left ^ right;
}

internal readonly struct ProductFold : IFold<double>
{
    public static double Fold(double left, double right) => left * right;
}

/// <summary>BOOL_AND, BIT_OR, PRODUCT and the like: one operation over all values. NULL of no values.</summary>
internal sealed class FoldAccumulator<T, TFold>(DataType type) : Accumulator
    where T : unmanaged
    where TFold : struct, IFold<T>
{
    private T[] _values = [];
    private bool[] _isSet = [];

    public override long SizeInBytes => _values.Length * (Unsafe.SizeOf<T>() + 1L);

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        var column = (FixedColumn<T>)arguments[0];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (!column.IsNull(row)) { Add(groups[row], values[row]); }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        GrowTo(groupCount);
        var part = (FoldAccumulator<T, TFold>)other;
        for (int group = 0; group < Math.Min(mapping.Length, part._isSet.Length); group++)
        {
            if (part._isSet[group]) { Add(mapping[group], part._values[group]); }
        }
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) => new FoldAccumulator<T, TFold>(type)
    {
        _values = Gathered(_values, groups),
        _isSet = Gathered(_isSet, groups),
    };

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        return new FixedColumn<T>(type, _values, groupCount, ValidWhere(_isSet.AsSpan(0, groupCount)));
    }

    private void Add(int group, T value)
    {
        _values[group] = _isSet[group] ? TFold.Fold(_values[group], value) : value;
        _isSet[group] = true;
    }

    private void GrowTo(int groupCount)
    {
        Grow(ref _values, groupCount);
        Grow(ref _isSet, groupCount);
    }
}
