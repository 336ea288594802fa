using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Arrays of operator states: taken from the shared pool, given back when the operator has ended.</summary>
/// <remarks>
/// What is not given back is left to the collector, so a state that fails half way need not clean up. An array is given
/// back only by the one field that holds it, never while a column is made of it.
/// </remarks>
internal static class PooledArrays
{
    private const int LeastLength = 64;

    /// <summary>Makes room for so many items; what there is stays, what is added is <c>default</c>.</summary>
    public static void Grow<T>(ref T[] items, int count)
    {
        if (count <= items.Length) { return; }

        int length = items.Length;
        GrowUncleared(ref items, count, length);
        items.AsSpan(length).Clear();
    }

    /// <summary>As <see cref="Grow"/>, for items that are written before they are read.</summary>
    /// <param name="items">The items.</param>
    /// <param name="count">How many there must be room for.</param>
    /// <param name="used">How many stay.</param>
    public static void GrowUncleared<T>(ref T[] items, int count, int used)
    {
        if (count <= items.Length) { return; }

        long doubled = Math.Min(items.Length * 2L, Array.MaxLength);
        T[] grown = RentedMemory.Rent<T>((int)Math.Max(count, Math.Max(LeastLength, doubled)));
        items.AsSpan(0, used).CopyTo(grown);
        Release(ref items);
        items = grown;
    }

    /// <summary>An array of at least so many items, whatever they are.</summary>
    public static T[] Rent<T>(int count) => RentedMemory.Rent<T>(count);

    /// <summary>An array of at least so many items, the first of them <c>default</c>.</summary>
    public static T[] RentCleared<T>(int count)
    {
        T[] items = Rent<T>(count);
        items.AsSpan(0, count).Clear();
        return items;
    }

    /// <summary>Gives an array back; the field holds none then.</summary>
    public static void Release<T>(ref T[] items)
    {
        // Copies that were made to measure are no arrays of the pool.
        if (items.Length >= 16 && BitOperations.IsPow2(items.Length))
        {
            RentedMemory.Return(items);
        }

        items = [];
    }

    /// <summary>The first items in an array for a column of the result.</summary>
    public static T[] Copy<T>(T[] items, int count, ColumnMemory memory)
        where T : unmanaged
    {
        T[] copy = memory.Allocate<T>(count);
        items.AsSpan(0, count).CopyTo(copy);
        return copy;
    }
}
