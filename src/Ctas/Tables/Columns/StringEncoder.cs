using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Chooses the form of strings that a segment keeps for itself.</summary>
internal static class StringEncoder
{
    // A sample of so many bytes makes a table of symbols that is as good as one of all texts.
    private const int SampleBytes = 1 << 14;

    // Coding costs time at every read, so it must save a sixth.
    private const double WorthIt = 0.83;

    // Larger texts are not worth the time, and coded they might not fit an arena.
    private const int MaxAverageLength = 1 << 16;

    /// <summary>Encodes strings: as numbers when they have a template, else in an arena.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="rows">The strings.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    /// <param name="symbols">Symbols of the segment before, tried first; those used, if any.</param>
    public static EncodedColumn Encode(DataType type, StringRows rows, NullRows? nulls, ref TrainedSymbols? symbols)
    {
        if (TemplateStrings.Of(type, rows, nulls) is { } template) { return template; }

        symbols = SymbolsFor(rows, symbols);
        return ArenaStrings.Of(type, rows, symbols?.Symbols, nulls);
    }

    /// <summary>Symbols that make the strings enough smaller; null when there are none.</summary>
    private static TrainedSymbols? SymbolsFor(StringRows rows, TrainedSymbols? last)
    {
        long total = rows.TotalBytes;
        if (total < 4096 || total / rows.Count > MaxAverageLength) { return null; }

        long average = Math.Max(1, total / rows.Count);
        List<byte[]> sample = rows.Sample((int)Math.Clamp(SampleBytes / average, 16, 4096));

        // Symbols flatter the sample that they were made of: texts like those are coded a little worse by them.
        const double likeBefore = 1.1;
        double before = last is null ? double.MaxValue : Ratio(last.Symbols, sample);
        if (before < last?.Ratio * likeBefore) { return last; }

        SymbolTable trained = SymbolTraining.Of(sample);
        double ratio = Ratio(trained, sample);
        if (before < ratio * likeBefore) { return last; }

        double tableBytes = trained.SizeInBytes / (double)total;
        return ratio + tableBytes < WorthIt ? new TrainedSymbols(trained, ratio) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Ratio(SymbolTable symbols, List<byte[]> sample)
    {
        var matcher = new SymbolMatcher(symbols);
        long coded = 0, plain = 0;
        byte[] padded = new byte[sample.Max(text => text.Length) + SymbolTable.MaxSymbolLength];
        byte[] codes = new byte[padded.Length * 2];
        foreach (byte[] text in sample)
        {
            text.CopyTo(padded, 0);
            coded += matcher.Encode(padded, text.Length, codes);
            plain += text.Length;
        }

        return plain == 0 ? 1 : (double)coded / plain;
    }
}

/// <summary>Symbols, and how well they code what they were made of.</summary>
/// <param name="Symbols">The symbols.</param>
/// <param name="Ratio">Coded bytes a byte of the sample.</param>
internal sealed record TrainedSymbols(SymbolTable Symbols, double Ratio);
