namespace Ctas.Execution.State;

/// <summary>A value as an unsigned number that orders as the value does.</summary>
internal interface IRank<T>
{
    static abstract ulong Of(T value);
}

internal readonly struct BooleanRank : IRank<bool>
{
    public static ulong Of(bool value) => value ? 1UL : 0;
}

internal readonly struct IntRank : IRank<int>
{
    public static ulong Of(int value) => BigIntRank.Of(value);
}

internal readonly struct BigIntRank : IRank<long>
{
    public static ulong Of(long value) => (ulong)value ^ (1UL << 63);
}

/// <summary>
/// The bits of a positive number ascend with it, those of a negative one descend; NaN is the greatest.
/// </summary>
internal readonly struct DoubleRank : IRank<double>
{
    public static ulong Of(double value)
    {
        if (double.IsNaN(value)) { return ulong.MaxValue; }

        ulong bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return (bits >> 63) == 0 ? bits | (1UL << 63) : ~bits;
    }
}
