namespace Ctas.Execution.Kernels;

/// <summary>left = right.</summary>
internal readonly struct EqualOperation<T, TOrder> : IBinaryOperation<T, T, bool>
    where TOrder : struct, IOrder<T>
{
    public bool CanFail => false;

    public bool TryApply(T left, T right, out bool result)
    {
        result = TOrder.AreEqual(left, right);
        return true;
    }
}

/// <summary>left &lt;&gt; right.</summary>
internal readonly struct NotEqualOperation<T, TOrder> : IBinaryOperation<T, T, bool>
    where TOrder : struct, IOrder<T>
{
    public bool CanFail => false;

    public bool TryApply(T left, T right, out bool result)
    {
        result = !TOrder.AreEqual(left, right);
        return true;
    }
}

/// <summary>left &lt; right.</summary>
internal readonly struct LessOperation<T, TOrder> : IBinaryOperation<T, T, bool>
    where TOrder : struct, IOrder<T>
{
    public bool CanFail => false;

    public bool TryApply(T left, T right, out bool result)
    {
        result = TOrder.IsLess(left, right);
        return true;
    }
}

/// <summary>left &lt;= right.</summary>
internal readonly struct LessOrEqualOperation<T, TOrder> : IBinaryOperation<T, T, bool>
    where TOrder : struct, IOrder<T>
{
    public bool CanFail => false;

    public bool TryApply(T left, T right, out bool result)
    {
        result = !TOrder.IsLess(right, left);
        return true;
    }
}
