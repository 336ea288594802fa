using System.Globalization;
using CsCheck;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.Kernels.Functions;
using Ctas.Tests.Data.Nested;

namespace Ctas.Tests.Execution;

/// <summary>Sets of array elements are what HashSet says, however often they are used again.</summary>
public sealed class ElementSetTests
{
    private static readonly ValueShape Shape = ValueShape.Of(DataType.Array(DataType.Varchar));

    private static Gen<string?[]> Lists { get; } = Gen.Int[-1, 60]
        .Select(value => value < 0 ? null : value.ToString(CultureInfo.InvariantCulture)).Array[0, 120];

    [Fact]
    public void Add_RandomLists_SaysOfEachElementWhetherItIsNew() => Lists.Array[1, 6].Sample(lists =>
    {
        var set = new ElementSet();
        foreach (string?[] list in lists)
        {
            var model = new HashSet<string>();
            var array = new ArrayValue(Shape.Element, Encode(list));
            set.Clear();
            for (int i = 0; i < list.Length; i++)
            {
                set.Contains(array, i).Should().Be(model.Contains(list[i] ?? "NULL"));
                set.Add(array, i).Should().Be(model.Add(list[i] ?? "NULL"));
            }
        }
    });

    [Fact]
    public void Add_OnceGrown_AllocatesNothing()
    {
        byte[] bytes = Encode([.. Enumerable.Range(0, 1000).Select(i => $"element {i % 700}")]);
        var set = new ElementSet();
        Fill(set, bytes);

        Allocations.Of(() =>
        {
            for (int row = 0; row < 100; row++) { Fill(set, bytes); }
        }).Should().Be(0);
    }

    private static void Fill(ElementSet set, byte[] bytes)
    {
        var array = new ArrayValue(Shape.Element, bytes);
        set.Clear();
        for (int i = 0; i < array.Count; i++) { set.Add(array, i); }
    }

    private static byte[] Encode(string?[] list) =>
        NestedUnboxing.Write(new NestedValueWriter(), Shape, list.Select(item => (object?)item).ToArray()).ToArray();
}
