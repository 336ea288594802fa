using System.Text;
using Ctas.Data;

namespace Ctas.Tests.Data;

/// <summary>Pooled memory of columns and their strings: used again once everybody has given it back, and never before.</summary>
public sealed class LentColumnTests
{
    [Fact]
    public void GiveBack_LentColumns_CannotBeReadOrGivenBackAgain()
    {
        Column numbers = NumbersOf(isLending: true, 1, 2, 3), texts = TextsOf(StringPool.Lend(16), "a", "b");

        numbers.GiveBack();
        texts.GiveBack();

        foreach (Action use in (Action[])[
            () => _ = ((FixedColumn<long>)numbers).Values.Length, numbers.GiveBack, () => _ = ((StringColumn)texts).Codes.Length, texts.GiveBack])
        {
            use.Should().Throw<InvalidOperationException>().WithMessage("The memory of the column has been given back.");
        }
    }

    [Fact]
    public void GiveBack_GatheredInLentMemory_SpoilsWhatIsStillRead()
    {
        var gathered = (FixedColumn<long>)NumbersOf(isLending: false, 1, 2, 3).Gather([2, -1, 0], ColumnMemory.Lent);
        ReadOnlySpan<long> values = gathered.Values;
        values.ToArray().Should().Equal(3, 0, 1);
        gathered.IsNull(1).Should().BeTrue();

        gathered.GiveBack();

        // As everywhere in the tests: see RentedMemory.
        values.ToArray().Should().OnlyContain(value => value == unchecked((long)0xA5A5A5A5A5A5A5A5));
    }

    [Fact]
    public void GiveBack_OtherColumns_StayAsTheyAre()
    {
        var numbers = (FixedColumn<long>)NumbersOf(isLending: false, 1, 2, 3);

        numbers.GiveBack();
        numbers.GiveBack();

        numbers.Values.ToArray().Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Release_ByAllButOneUser_KeepsTheStrings()
    {
        StringPool pool = StringPool.Lend(capacity: 4);
        Column first = TextsOf(pool, "one", "two"), second = TextsOf(pool, "three");

        // Whoever filled the pool goes on in another, and the first batch is done with.
        pool.Release();
        first.GiveBack();
        StringPool next = StringPool.Lend(capacity: 4);
        for (int i = 0; i < 1_000; i++) { next.Add(Encoding.UTF8.GetBytes($"overwritten {i}")); }

        Encoding.UTF8.GetString(((StringColumn)second).GetBytes(0)).Should().Be("three");
        second.GiveBack();
        ((Action)(() => pool.GetBytes(0))).Should().Throw<IndexOutOfRangeException>();
    }

    [Fact]
    public void Add_MoreStringsThanExpected_GivesTheirBytes()
    {
        // One of them is too long for a shared chunk, and one for pooled memory.
        StringPool pool = StringPool.Lend(capacity: 1);
        byte[][] values =
            [.. Enumerable.Range(0, 5_000).Select(i => Encoding.UTF8.GetBytes($"value {i}")), new byte[700_000], new byte[3 << 20]];
        Random.Shared.NextBytes(values[^1]);

        int[] codes = [.. values.Select(value => pool.Add(value))];

        for (int i = 0; i < values.Length; i++) { pool.GetBytes(codes[i]).SequenceEqual(values[i]).Should().BeTrue(); }

        pool.Release();
    }

    [Fact]
    public void Retain_OwnPool_IsNeverGivenBack()
    {
        var pool = new StringPool(isInterned: false);
        int code = pool.Add("kept");

        pool.Release();
        pool.Release();

        pool.GetString(code).Should().Be("kept");
    }

    private static Column NumbersOf(bool isLending, params long[] values)
    {
        var builder = (FixedColumnBuilder<long>)ColumnBuilder.Create(DataType.BigInt, pool: null, isLending);
        foreach (long value in values) { builder.Append(value); }

        return builder.Finish();
    }

    private static Column TextsOf(StringPool pool, params string[] values)
    {
        var builder = (StringColumnBuilder)ColumnBuilder.Create(DataType.Varchar, pool, isLending: true);
        foreach (string value in values) { builder.Append(value); }

        return builder.Finish();
    }
}
