using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Data;

/// <summary>Arrays of the shared pool: columns that are read for a while are made of them, and states of operators.</summary>
/// <remarks>
/// Who may give which back is told by <c>IOperatorInput</c>; what nobody gives back is left to the collector. With
/// <see cref="SpoilingSwitch"/>, which tests set, an array is overwritten when it is given back, so that whoever reads it all the
/// same reads what nobody wrote there.
/// </remarks>
internal static class RentedMemory
{
    /// <summary>Name of the switch of the process.</summary>
    public const string SpoilingSwitch = "Ctas.SpoilReturnedMemory";

    private const byte Spoilt = 0xA5;

    private static readonly bool IsSpoiling = AppContext.TryGetSwitch(SpoilingSwitch, out bool isOn) && isOn;

    /// <summary>An array of at least so many items, whatever they are.</summary>
    public static T[] Rent<T>(int count) => ArrayPool<T>.Shared.Rent(Math.Max(1, count));

    /// <summary>Ends the use of a rented array: nobody reads it any more.</summary>
    public static void Return<T>(T[] items)
    {
        bool holdsReferences = RuntimeHelpers.IsReferenceOrContainsReferences<T>();
        if (IsSpoiling && !holdsReferences) { BytesOf(items).Fill(Spoilt); }

        ArrayPool<T>.Shared.Return(items, clearArray: holdsReferences);
    }

    private static Span<byte> BytesOf<T>(T[] items) => MemoryMarshal.CreateSpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));
}
