using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Adds rows to the lines of their groups: up to four neighbouring words in one pass over the rows.</summary>
internal sealed class TotalPasses
{
    private const int MaxSummands = 4;

    private readonly (int Argument, Total Total)[] _totals;

    // How many of the totals, from the first on, are added several at once.
    private readonly int _plainCount;

    /// <summary>Takes the totals, in the order in which they lie in a line, and the argument of each.</summary>
    public TotalPasses((int Argument, Total Total)[] totals)
    {
        _totals = totals;
        _plainCount = totals.TakeWhile(total => total.Total.Form is TotalForm.Int or TotalForm.Double).Count();
    }

    /// <summary>The same passes over other totals, which are numbered by argument.</summary>
    public TotalPasses Of(Total[] totals) => new([.. _totals.Select(total => (total.Argument, totals[total.Argument]))]);

    /// <summary>Adds rows.</summary>
    /// <param name="arguments">The values.</param>
    /// <param name="start">The first row.</param>
    /// <param name="groups">Groups of the rows from there on; each has a line.</param>
    /// <param name="lines">The lines.</param>
    public void Add(ReadOnlySpan<Column> arguments, int start, ReadOnlySpan<int> groups, TotalLines lines)
    {
        // The rows themselves are counted in the first pass.
        int next = Math.Min(_plainCount, MaxSummands - 1);
        var rows = new SummedRows(arguments, start, groups, lines);
        rows.Add(new RowSummand(), word: 0, _totals.AsSpan(0, next));
        for (; next < _plainCount; next += MaxSummands)
        {
            rows.Add(_totals.AsSpan(next, Math.Min(MaxSummands, _plainCount - next)));
        }

        for (; next < _totals.Length; next++) { rows.AddChecked(_totals[next].Argument, _totals[next].Total); }
    }
}

/// <summary>Rows to be added to the lines of their groups.</summary>
internal readonly ref struct SummedRows(
    ReadOnlySpan<Column> arguments, int start, ReadOnlySpan<int> groups, TotalLines lines)
{
    private readonly ReadOnlySpan<Column> _arguments = arguments;
    private readonly ReadOnlySpan<int> _groups = groups;

    /// <summary>Adds one to four totals that are neighbours.</summary>
    public void Add(ReadOnlySpan<(int Argument, Total Total)> totals)
    {
        int word = totals[0].Total.Word;
        if (totals[0].Total.Form == TotalForm.Int) { Add(Ints(totals[0]), word, totals[1..]); }
        else { Add(Doubles(totals[0]), word, totals[1..]); }
    }

    /// <summary>Adds a summand and up to three totals, whose words follow its own.</summary>
    public void Add<TFirst>(TFirst first, int word, ReadOnlySpan<(int Argument, Total Total)> totals)
        where TFirst : ISummand, allows ref struct
    {
        if (totals.IsEmpty) { Add(word, first, default(NoSummand), default(NoSummand), default(NoSummand)); }
        else if (totals[0].Total.Form == TotalForm.Int) { Add(word, first, Ints(totals[0]), totals[1..]); }
        else { Add(word, first, Doubles(totals[0]), totals[1..]); }
    }

    private void Add<TFirst, TSecond>(
        int word, TFirst first, TSecond second, ReadOnlySpan<(int Argument, Total Total)> totals)
        where TFirst : ISummand, allows ref struct
        where TSecond : ISummand, allows ref struct
    {
        if (totals.IsEmpty) { Add(word, first, second, default(NoSummand), default(NoSummand)); }
        else if (totals[0].Total.Form == TotalForm.Int) { Add(word, first, second, Ints(totals[0]), totals[1..]); }
        else { Add(word, first, second, Doubles(totals[0]), totals[1..]); }
    }

    private void Add<TFirst, TSecond, TThird>(
        int word, TFirst first, TSecond second, TThird third, ReadOnlySpan<(int Argument, Total Total)> totals)
        where TFirst : ISummand, allows ref struct
        where TSecond : ISummand, allows ref struct
        where TThird : ISummand, allows ref struct
    {
        if (totals.IsEmpty) { Add(word, first, second, third, default(NoSummand)); }
        else if (totals[0].Total.Form == TotalForm.Int) { Add(word, first, second, third, Ints(totals[0])); }
        else { Add(word, first, second, third, Doubles(totals[0])); }
    }

    [MethodImpl(HotLoop.Options)]
    private void Add<TFirst, TSecond, TThird, TFourth>(
        int word, TFirst first, TSecond second, TThird third, TFourth fourth)
        where TFirst : ISummand, allows ref struct
        where TSecond : ISummand, allows ref struct
        where TThird : ISummand, allows ref struct
        where TFourth : ISummand, allows ref struct
    {
        // Every group has a line, so no place needs to be checked for each row.
        ref long place = ref lines.Words[word];
        nint stride = lines.Stride;
        ReadOnlySpan<int> groups = _groups;
        for (int row = 0; row < groups.Length; row++)
        {
            ref long sum = ref Unsafe.Add(ref place, groups[row] * stride);
            first.AddTo(ref sum, row);
            second.AddTo(ref Unsafe.Add(ref sum, 1), row);
            third.AddTo(ref Unsafe.Add(ref sum, 2), row);
            fourth.AddTo(ref Unsafe.Add(ref sum, 3), row);
        }
    }

    /// <summary>Adds a total of another form.</summary>
    public void AddChecked(int argument, Total total)
    {
        switch (total.Form)
        {
            case TotalForm.None: break;
            case TotalForm.BigInt: AddChecked<long, BigIntSummation>(argument, total); break;
            case TotalForm.ShortDecimal: AddChecked<Int128, ShortDecimalSummation>(argument, total); break;
            case TotalForm.Decimal: AddChecked<Int128, DecimalSummation>(argument, total); break;
            default: throw new UnreachableException($"{total.Form} is added with others.");
        }
    }

    [MethodImpl(HotLoop.Options)]
    private void AddChecked<T, TSummation>(int argument, Total total)
        where T : unmanaged
        where TSummation : struct, ISummation<T>
    {
        ref long place = ref lines.Words[total.Word];
        nint stride = lines.Stride;
        ReadOnlySpan<T> values = Values<T>(argument);
        ReadOnlySpan<int> groups = _groups;
        for (int row = 0; row < values.Length; row++)
        {
            ref T sum = ref Unsafe.As<long, T>(ref Unsafe.Add(ref place, groups[row] * stride));
            int wraps = TSummation.Add(ref sum, values[row]);
            if (wraps != 0) { total.NoteWraps(groups[row], wraps); }
        }
    }

    private IntSummand Ints((int Argument, Total Total) total) => new(Values<int>(total.Argument));

    private DoubleSummand Doubles((int Argument, Total Total) total) => new(Values<double>(total.Argument));

    private ReadOnlySpan<T> Values<T>(int argument)
        where T : unmanaged => ((FixedColumn<T>)_arguments[argument]).Values.Slice(start, _groups.Length);
}

/// <summary>What a pass adds to one word of a line. A struct, so that loops are compiled for it.</summary>
internal interface ISummand
{
    /// <summary>Adds the value of a row, 0 for NULL.</summary>
    void AddTo(ref long word, int row);
}

/// <summary>Counts rows.</summary>
internal readonly struct RowSummand : ISummand
{
    public void AddTo(ref long word, int row) => word++;
}

/// <summary>Adds nothing.</summary>
internal readonly struct NoSummand : ISummand
{
    public void AddTo(ref long word, int row)
    {
    }
}

/// <summary>INT values, of which fewer than 2^32 stay in 64 bits.</summary>
internal readonly ref struct IntSummand(ReadOnlySpan<int> values) : ISummand
{
    private readonly ref int _first = ref MemoryMarshal.GetReference(values);

    public void AddTo(ref long word, int row) => word += Unsafe.Add(ref _first, row);
}

/// <summary>DOUBLE values.</summary>
internal readonly ref struct DoubleSummand(ReadOnlySpan<double> values) : ISummand
{
    private readonly ref double _first = ref MemoryMarshal.GetReference(values);

    public void AddTo(ref long word, int row) => Unsafe.As<long, double>(ref word) += Unsafe.Add(ref _first, row);
}
