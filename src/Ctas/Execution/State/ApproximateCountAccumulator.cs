using System.Numerics;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>APPROX_COUNT_DISTINCT: about how many different values; 0 of none.</summary>
/// <remarks>
/// Exact up to <see cref="SparseLimit"/> values a group; beyond that HyperLogLog with 4,096 registers of a byte, whose
/// standard error is 1.04 / √4096 = 1.6 %: two of three answers are within 1.6 %, nearly all within 5 %. A group never
/// holds more than 4 KiB. Source: Flajolet et al. 2007; estimator without bias at all sizes: Ertl 2017.
/// </remarks>
internal sealed class ApproximateCountAccumulator(DataType type) : Accumulator
{
    /// <summary>Different values a group counts exactly.</summary>
    public const int SparseLimit = 128;

    private const int IndexBits = 12;
    private const int Registers = 1 << IndexBits;

    private readonly ValueHashes _hashes = new();

    // Few values: pairs of group and hash, linked by group. Many: a block of registers.
    private readonly KeyNumbers _pairs = KeyNumbers.Create([DataType.BigInt]);
    private ulong[] _pairHashes = [];
    private int[] _nextPair = [];
    private int[] _lastPair = [];
    private int[] _counts = [];

    // Block + 1; 0 for none.
    private int[] _blockOf = [];
    private byte[] _registers = [];
    private int _blocks;

    public override long SizeInBytes => _pairs.SizeInBytes + (_pairHashes.Length * 8L)
        + ((_nextPair.Length + _lastPair.Length + _counts.Length + _blockOf.Length) * 4L) + _registers.Length;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        ReadOnlySpan<ulong> hashes = _hashes.Of(arguments[0]);
        var sparse = new SparseRows(groups.Length);
        for (int row = 0; row < groups.Length; row++)
        {
            if (arguments[0].IsNull(row)) { continue; }

            if (_blockOf[groups[row]] != 0) { Note(BlockOf(groups[row]), hashes[row]); }
            else { sparse.Add(groups[row], hashes[row]); }
        }

        AddSparse(sparse);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        GrowTo(groupCount);
        var part = (ApproximateCountAccumulator)other;
        part.GrowTo(mapping.Length);
        var sparse = new SparseRows(part._pairs.Count);
        for (int group = 0; group < mapping.Length; group++)
        {
            if (part._blockOf[group] == 0)
            {
                for (int pair = part._lastPair[group]; pair > 0; pair = part._nextPair[pair - 1])
                {
                    sparse.Add(mapping[group], part._pairHashes[pair - 1]);
                }

                continue;
            }

            if (_blockOf[mapping[group]] == 0) { MakeDense(mapping[group]); }

            Span<byte> own = BlockOf(mapping[group]);
            ReadOnlySpan<byte> others = part.BlockOf(group);
            for (int register = 0; register < Registers; register++)
            {
                own[register] = Math.Max(own[register], others[register]);
            }
        }

        AddSparse(sparse);
    }

    public override Column Finish(int groupCount)
    {
        GrowTo(groupCount);
        var counts = new long[groupCount];
        for (int group = 0; group < groupCount; group++)
        {
            counts[group] = _blockOf[group] == 0 ? _counts[group] : Estimate(BlockOf(group));
        }

        return new FixedColumn<long>(type, counts, groupCount);
    }

    private void AddSparse(SparseRows rows)
    {
        int known = _pairs.Count;
        var numbers = new int[rows.Count];
        _pairs.FindOrAdd([new FixedColumn<long>(DataType.BigInt, rows.Keys, rows.Count)], numbers);
        Grow(ref _pairHashes, _pairs.Count);
        Grow(ref _nextPair, _pairs.Count);
        foreach (int row in FirstRows.Of(numbers, known, _pairs.Count))
        {
            int group = rows.Groups[row];
            int pair = numbers[row];
            _pairHashes[pair] = rows.Hashes[row];
            _nextPair[pair] = _lastPair[group];
            _lastPair[group] = pair + 1;

            // A group may have become dense a few rows before.
            if (_blockOf[group] != 0) { Note(BlockOf(group), rows.Hashes[row]); }
            else if (++_counts[group] > SparseLimit) { MakeDense(group); }
        }
    }

    private void MakeDense(int group)
    {
        Grow(ref _registers, (_blocks + 1) * Registers);
        _blockOf[group] = ++_blocks;
        Span<byte> block = BlockOf(group);
        for (int pair = _lastPair[group]; pair > 0; pair = _nextPair[pair - 1]) { Note(block, _pairHashes[pair - 1]); }
    }

    private Span<byte> BlockOf(int group) => _registers.AsSpan((_blockOf[group] - 1) * Registers, Registers);

    private static void Note(Span<byte> block, ulong hash)
    {
        // A bit that stops the count of zeros where the hash ends.
        int rank = BitOperations.LeadingZeroCount((hash << IndexBits) | (1UL << (IndexBits - 1))) + 1;
        ref byte register = ref block[(int)(hash >> (64 - IndexBits))];
        register = Math.Max(register, (byte)rank);
    }

    private static long Estimate(ReadOnlySpan<byte> block)
    {
        const int Ranks = 64 - IndexBits + 2;
        Span<int> counts = stackalloc int[Ranks];
        counts.Clear();
        foreach (byte rank in block) { counts[rank]++; }

        double sum = Registers * Tau(1.0 - (counts[Ranks - 1] / (double)Registers));
        for (int rank = Ranks - 2; rank >= 1; rank--) { sum = 0.5 * (sum + counts[rank]); }

        sum += Registers * Sigma(counts[0] / (double)Registers);
        return (long)Math.Round((double)Registers * Registers / (2 * Math.Log(2)) / sum);
    }

    private static double Sigma(double x)
    {
        if (x == 1.0) { return double.PositiveInfinity; }

        double power = 1.0;
        double sum = x;
        double before;
        do
        {
            x *= x;
            before = sum;
            sum += x * power;
            power += power;
        }
        while (sum != before);
        return sum;
    }

    private static double Tau(double x)
    {
        if (x is 0.0 or 1.0) { return 0; }

        double power = 1.0;
        double sum = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = sum;
            power *= 0.5;
            sum -= (1 - x) * (1 - x) * power;
        }
        while (sum != before);
        return sum / 3;
    }

    private void GrowTo(int groupCount)
    {
        Grow(ref _lastPair, groupCount);
        Grow(ref _counts, groupCount);
        Grow(ref _blockOf, groupCount);
    }

    /// <summary>Rows of groups that hold few values.</summary>
    private struct SparseRows(int capacity)
    {
        public int[] Groups { get; } = new int[capacity];

        public ulong[] Hashes { get; } = new ulong[capacity];

        // The hash of group and value stands for both: of a billion pairs hardly two are taken for one.
        public long[] Keys { get; } = new long[capacity];

        public int Count { get; private set; }

        public void Add(int group, ulong hash)
        {
            Groups[Count] = group;
            Hashes[Count] = hash;
            Keys[Count++] = (long)Hashing.Combine((ulong)group, hash);
        }
    }
}
