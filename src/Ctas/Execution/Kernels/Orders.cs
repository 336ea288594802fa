using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>The total order of one physical type. A struct, so that loops over it are compiled for it.</summary>
internal interface IOrder<T>
{
    /// <summary>SQL equality of two values.</summary>
    static abstract bool AreEqual(T left, T right);

    /// <summary>SQL order of two values.</summary>
    static abstract bool IsLess(T left, T right);
}

/// <summary>The order of integers and exact numbers.</summary>
internal readonly struct NumberOrder<T> : IOrder<T>
    where T : IComparisonOperators<T, T, bool>
{
    public static bool AreEqual(T left, T right) => left == right;

    public static bool IsLess(T left, T right) => left < right;
}

/// <summary>NaN equals NaN and is greater than every other value, as in PostgreSQL; −0 equals 0.</summary>
/// <remarks>Without branches: which of two values is less, a processor cannot guess.</remarks>
internal readonly struct DoubleOrder : IOrder<double>
{
    public static bool AreEqual(double left, double right) =>
        left == right | (double.IsNaN(left) & double.IsNaN(right));

    public static bool IsLess(double left, double right) =>
        left < right | (double.IsNaN(right) & !double.IsNaN(left));
}

/// <summary>FALSE before TRUE.</summary>
internal readonly struct BooleanOrder : IOrder<bool>
{
    public static bool AreEqual(bool left, bool right) => left == right;

    public static bool IsLess(bool left, bool right) => !left & right;
}

/// <summary>A month counts 30 days and a day 24 hours, as in PostgreSQL.</summary>
internal readonly struct IntervalOrder : IOrder<Interval>
{
    /// <summary>The microseconds by which intervals compare.</summary>
    public static Int128 Length(Interval interval) =>
        ((((Int128)interval.Months * 30) + interval.Days) * Calendar.MicrosecondsPerDay) + interval.Microseconds;

    public static bool AreEqual(Interval left, Interval right) => Length(left) == Length(right);

    public static bool IsLess(Interval left, Interval right) => Length(left) < Length(right);
}
