using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>The results of one call from the lines of all groups.</summary>
internal readonly ref struct TotalResult(TotalCall call, TotalLines lines, int groupCount, ColumnMemory memory)
{
    // 2^128 as a DOUBLE: the width of an exact sum.
    private const double Width = 340282366920938463463374607431768211456.0;

    /// <summary>The results, a row for each group.</summary>
    /// <param name="total">The argument's total; null for COUNT(*).</param>
    /// <param name="failures">Gets the groups that have no result.</param>
    public Column Of(Total? total, ref GroupFailures? failures)
    {
        if (call.IsCount) { return Counts(total); }

        if (call.Call.Function == "AVG") { return Averages(total!); }

        return total!.Form switch
        {
            TotalForm.Double => Sums<double>(total),
            TotalForm.Int or TotalForm.BigInt => Checked<long>(total, ref failures),
            _ => Checked<Int128>(total, ref failures),
        };
    }

    private FixedColumn<long> Counts(Total? total)
    {
        long[] counts = memory.Allocate<long>(groupCount);
        for (int group = 0; group < groupCount; group++) { counts[group] = CountOf(total, group); }

        return memory.Column(call.Call.Type, counts, groupCount);
    }

    private FixedColumn<double> Averages(Total total)
    {
        double[] averages = memory.Allocate<double>(groupCount);
        for (int group = 0; group < groupCount; group++)
        {
            long count = CountOf(total, group);
            averages[group] = count == 0 ? 0 : Average(total, group, count);
        }

        return memory.Column(call.Call.Type, averages, groupCount, WhereAny(total));
    }

    private double Average(Total total, int group, long count)
    {
        ReadOnlySpan<long> line = LineOf(group);
        if (total.Form == TotalForm.Double) { return BitConverter.Int64BitsToDouble(line[total.Word]) / count; }

        int wraps = total.WrapsOf(group);
        Int128 sum = total.ExactOf(line);
        int scale = call.Call.Arguments[0].Type.Scale;
        if (total.Words == 1) { return NumberCasts.Divide(sum + ((Int128)wraps << 64), scale, count); }

        return wraps == 0
            ? NumberCasts.Divide(sum, scale, count)
            : (NumberCasts.ToDouble(sum, scale) + (wraps * Width / Math.Pow(10, scale))) / count;
    }

    private FixedColumn<T> Checked<T>(Total total, ref GroupFailures? failures)
        where T : unmanaged
    {
        for (int group = 0; group < groupCount && total.MayNotFit; group++)
        {
            bool fits = total.WrapsOf(group) == 0
                && (total.Words == 1 || DecimalSummation.Fits(total.ExactOf(LineOf(group))));
            if (fits) { continue; }

            failures ??= new GroupFailures(new Bitmap(groupCount), ExecutionErrors.SumOverflow(call.Text));
            failures.Groups[group] = true;
        }

        return Sums<T>(total);
    }

    // A sum lies in its words as its type has it.
    private FixedColumn<T> Sums<T>(Total total)
        where T : unmanaged
    {
        T[] sums = memory.Allocate<T>(groupCount);
        int place = total.Word;
        for (int group = 0; group < groupCount; group++, place += lines.Stride)
        {
            sums[group] = Unsafe.As<long, T>(ref lines.Words[place]);
        }

        return memory.Column(call.Call.Type, sums, groupCount, WhereAny(total));
    }

    /// <summary>Set where there are values; null when there are everywhere.</summary>
    private Bitmap? WhereAny(Total total)
    {
        Bitmap? validity = null;
        for (int group = 0; group < groupCount; group++)
        {
            if (CountOf(total, group) != 0) { continue; }

            validity ??= new Bitmap(groupCount, value: true);
            validity[group] = false;
        }

        return validity;
    }

    private long CountOf(Total? total, int group) =>
        lines.Words[group * lines.Stride] - (total?.NullsOf(group) ?? 0);

    private ReadOnlySpan<long> LineOf(int group) => lines.Words.AsSpan(group * lines.Stride, lines.Stride);
}
