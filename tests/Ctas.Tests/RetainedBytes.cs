using System.Reflection;
using System.Runtime.CompilerServices;

namespace Ctas.Tests;

/// <summary>Adds up the objects that another one keeps alive: what the heap takes, without asking the garbage collector.</summary>
/// <remarks>Objects of the runtime that everybody shares (types, members) and what is held weakly do not count.</remarks>
internal sealed class RetainedBytes
{
    private const int ArrayHeaderBytes = 24;
    private const int StringHeaderBytes = 22;
    private const int DelegateBytes = 64;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _open = new();
    private readonly Dictionary<Type, (long Bytes, FieldInfo[] References)> _types = [];
    private readonly Dictionary<Type, (int ElementBytes, bool HasReferences)> _elements = [];
    private long _bytes;

    private RetainedBytes()
    {
    }

    /// <summary>Bytes of an object and all that it leads to.</summary>
    public static long Of(object root)
    {
        var walk = new RetainedBytes();
        walk.Reach(root);
        while (walk._open.TryPop(out object? next)) { walk.Visit(next); }

        return walk._bytes;
    }

    private void Reach(object? reached)
    {
        if (reached is null or Type or MemberInfo or Assembly or WeakReference || IsWeak(reached.GetType())) { return; }

        if (_seen.Add(reached)) { _open.Push(reached); }
    }

    private static bool IsWeak(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(WeakReference<>);

    private void Visit(object visited)
    {
        if (visited is string text) { _bytes += Aligned(StringHeaderBytes + (2L * text.Length)); }
        else if (visited is Array array) { Visit(array); }
        else
        {
            (long bytes, FieldInfo[] references) = DescribeType(visited.GetType());
            _bytes += bytes;
            foreach (FieldInfo field in references) { ReachField(field, visited); }
        }
    }

    private void Visit(Array array)
    {
        Type element = array.GetType().GetElementType()!;
        (int elementBytes, bool hasReferences) = DescribeElement(element);
        _bytes += Aligned(ArrayHeaderBytes + (elementBytes * (long)array.Length));
        if (!hasReferences) { return; }

        foreach (object? item in array)
        {
            if (!element.IsValueType) { Reach(item); }
            else { ReachFields(item!); }
        }
    }

    private void ReachField(FieldInfo field, object holder)
    {
        object? value = field.GetValue(holder);
        if (!field.FieldType.IsValueType) { Reach(value); }
        else { ReachFields(value!); }
    }

    // A value lies within its holder: only what it leads to counts.
    private void ReachFields(object value)
    {
        foreach (FieldInfo field in ReferencesOf(value.GetType())) { ReachField(field, value); }
    }

    private (long Bytes, FieldInfo[] References) DescribeType(Type type)
    {
        if (!_types.TryGetValue(type, out (long Bytes, FieldInfo[] References) known))
        {
            _types[type] = known = (InstanceBytes(type), ReferencesOf(type));
        }

        return known;
    }

    private (int ElementBytes, bool HasReferences) DescribeElement(Type element)
    {
        if (!_elements.TryGetValue(element, out (int ElementBytes, bool HasReferences) known))
        {
            int bytes = element.IsValueType
                ? (int)typeof(RetainedBytes).GetMethod(nameof(SizeOf), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(element).Invoke(null, null)!
                : IntPtr.Size;
            _elements[element] = known = (bytes, !element.IsValueType || ReferencesOf(element).Length > 0);
        }

        return known;
    }

    private static int SizeOf<T>() => Unsafe.SizeOf<T>();

    private static long InstanceBytes(Type type)
    {
        // Nobody can make one without what it calls.
        if (type.IsSubclassOf(typeof(Delegate))) { return DelegateBytes; }

        _ = RuntimeHelpers.GetUninitializedObject(type);
        return Allocations.Of(() => GC.SuppressFinalize(RuntimeHelpers.GetUninitializedObject(type)));
    }

    /// <summary>The fields that are references, or values with references in them.</summary>
    private static FieldInfo[] ReferencesOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (Type? declaring = type; declaring is not null; declaring = declaring.BaseType)
        {
            fields.AddRange(declaring
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => LeadsOn(field.FieldType)));
        }

        return [.. fields];
    }

    private static bool LeadsOn(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !type.IsPointer && !type.IsByRefLike
        && (!type.IsValueType || ReferencesOf(type).Length > 0);

    private static long Aligned(long bytes) => (bytes + 7) & ~7L;
}
