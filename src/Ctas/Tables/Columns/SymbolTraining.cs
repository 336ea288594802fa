using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Columns;

/// <summary>Makes a symbol table of a sample: codes it, counts codes and pairs of codes, keeps the most useful; five times.</summary>
internal static class SymbolTraining
{
    private const int Rounds = 5;

    // Codes while counting: a byte that stands for itself, then symbols.
    private const int FirstSymbol = 256;
    private const int Codes = 512;

    /// <summary>The symbols that suit texts best, the best first.</summary>
    /// <param name="sample">Texts; some ten thousand bytes are enough.</param>
    public static SymbolTable Of(IReadOnlyList<byte[]> sample)
    {
        var table = new SymbolTable([], []);
        int[] counts = new int[Codes];
        int[] pairs = ArrayPool<int>.Shared.Rent(Codes * Codes);
        for (int round = 0; round < Rounds; round++)
        {
            Array.Clear(counts);
            pairs.AsSpan(0, Codes * Codes).Clear();
            Count(table, sample, counts, pairs);
            table = Best(table, counts, pairs, isLast: round == Rounds - 1);
        }

        ArrayPool<int>.Shared.Return(pairs);
        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(SymbolTable table, IReadOnlyList<byte[]> sample, int[] counts, int[] pairs)
    {
        var matcher = new SymbolMatcher(table);
        byte[] padded = new byte[sample.Max(text => text.Length) + SymbolTable.MaxSymbolLength];
        foreach (byte[] text in sample)
        {
            padded.AsSpan().Clear();
            text.CopyTo(padded, 0);
            int last = -1;
            for (int at = 0; at < text.Length;)
            {
                ulong word = BitConverter.ToUInt64(padded, at);
                int code = matcher.Find(word, text.Length - at, out int length);
                code = code < 0 ? (byte)word : FirstSymbol + code;
                counts[code]++;
                if (last >= 0) { pairs[(last * Codes) + code]++; }

                // The first byte of a symbol is counted too: after another it may be worth more.
                if (length > 1)
                {
                    counts[(byte)word]++;
                    if (last >= 0) { pairs[(last * Codes) + (byte)word]++; }
                }

                last = code;
                at += length;
            }
        }
    }

    private static SymbolTable Best(SymbolTable table, int[] counts, int[] pairs, bool isLast)
    {
        var gains = new Dictionary<(ulong Bytes, int Length), long>();
        int[] used = [.. Enumerable.Range(0, FirstSymbol + table.Count).Where(code => counts[code] > 0)];
        foreach (int left in used)
        {
            (ulong bytes, int length) = SymbolOf(table, left);

            // Without a single-byte symbol a byte costs two: such symbols are worth more than what they cover.
            const int singleByteBoost = 8;
            AddGain(gains, (bytes, length), counts[left] * (long)length * (length == 1 ? singleByteBoost : 1));
            if (isLast || length == SymbolTable.MaxSymbolLength) { continue; }

            foreach (int right in used)
            {
                int count = pairs[(left * Codes) + right];
                (ulong next, int nextLength) = SymbolOf(table, right);
                if (count <= 1 || length + nextLength > SymbolTable.MaxSymbolLength) { continue; }

                AddGain(gains, (bytes | next << (8 * length), length + nextLength), count * (long)(length + nextLength));
            }
        }

        var best = gains.OrderByDescending(gain => gain.Value).ThenBy(gain => gain.Key.Bytes)
            .Take(SymbolTable.MaxSymbols).Select(gain => gain.Key).ToArray();
        return new SymbolTable([.. best.Select(symbol => symbol.Bytes)], [.. best.Select(symbol => (byte)symbol.Length)]);
    }

    private static void AddGain(Dictionary<(ulong Bytes, int Length), long> gains, (ulong Bytes, int Length) symbol, long gain) =>
        gains[symbol] = gains.GetValueOrDefault(symbol) + gain;

    private static (ulong Bytes, int Length) SymbolOf(SymbolTable table, int code) =>
        code < FirstSymbol ? ((ulong)code, 1) : table[code - FirstSymbol];
}
