using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Codes many texts by symbols, four at a time: while one waits for the table of symbols, the others go on.</summary>
/// <remarks>
/// Texts are gathered in blocks that stay in the nearest caches. Of a block each lane takes one stretch of texts of about
/// the same size, so that codes come in the order of the texts. Single-threaded.
/// </remarks>
internal sealed class SymbolCoder(SymbolTable symbols)
{
    private const int Lanes = 4;
    private const int BlockTexts = 512;
    private const int BlockBytes = 1 << 15;

    private readonly SymbolMatcher _matcher = new(symbols);
    private readonly int[] _ends = new int[BlockTexts];
    private readonly int[] _starts = new int[BlockTexts];
    private readonly int[] _lengths = new int[BlockTexts];
    private byte[] _texts = new byte[BlockBytes * 2];
    private byte[] _codes = new byte[BlockBytes * 4];
    private int _count;

    private int TextBytes => _count == 0 ? 0 : _ends[_count - 1];

    /// <summary>Gathers the rows of the next block; the first row of the one after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Gather(StringRows rows, int first)
    {
        _count = 0;
        int used = 0, row = first;
        for (; row < rows.Count && _count < BlockTexts && used < BlockBytes; row++)
        {
            ReadOnlySpan<byte> text = rows[row];
            int wanted = checked(used + text.Length + SymbolTable.MaxSymbolLength);
            if (wanted > _texts.Length) { Array.Resize(ref _texts, wanted); }

            text.CopyTo(_texts.AsSpan(used));
            used += text.Length;
            _ends[_count++] = used;
        }

        return row;
    }

    /// <summary>Codes the texts that were gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Encode()
    {
        // Coded, a text may be twice as long; both bytes of an escape are written before it is known to be one.
        int room = checked((TextBytes * 2) + 1);
        if (room > _codes.Length) { _codes = new byte[room]; }

        int bytes = TextBytes, to0 = LaneEnd(0, bytes / Lanes), to1 = LaneEnd(to0, bytes / Lanes * 2);
        int to2 = LaneEnd(to1, bytes / Lanes * 3);
        Lane lane0 = Begin(0, to0), lane1 = Begin(to0, to1), lane2 = Begin(to1, to2), lane3 = Begin(to2, _count);
        while (true)
        {
            EndTexts(ref lane0);
            EndTexts(ref lane1);
            EndTexts(ref lane2);
            EndTexts(ref lane3);
            if (!(lane0.IsOpen & lane1.IsOpen & lane2.IsOpen & lane3.IsOpen)) { break; }

            // So many symbols end in no lane behind its text.
            int steps = Math.Min(Math.Min(lane0.SafeSteps, lane1.SafeSteps), Math.Min(lane2.SafeSteps, lane3.SafeSteps));
            Run(steps, ref lane0, ref lane1, ref lane2, ref lane3);
        }

        Finish(lane0);
        Finish(lane1);
        Finish(lane2);
        Finish(lane3);
    }

    /// <summary>The codes of a text of the block.</summary>
    public ReadOnlySpan<byte> CodesOf(int text) => _codes.AsSpan(_starts[text], _lengths[text]);

    // The first text, from one on, that begins at or behind a place.
    private int LaneEnd(int text, int place)
    {
        while (text < _count && (text == 0 ? 0 : _ends[text - 1]) < place) { text++; }

        return text;
    }

    private Lane Begin(int text, int endText)
    {
        int at = text == 0 ? 0 : _ends[text - 1];
        var lane = new Lane { Text = text, EndText = endText, At = at, Written = at * 2, End = at };
        if (lane.IsOpen) { Open(ref lane); }

        return lane;
    }

    /// <summary>Begins the text of a lane; those that are empty are done with.</summary>
    private void Open(ref Lane lane)
    {
        while (lane.IsOpen)
        {
            _starts[lane.Text] = lane.Written;
            lane.End = _ends[lane.Text];
            if (lane.End > lane.At) { return; }

            _lengths[lane.Text++] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(int steps, ref Lane lane0, ref Lane lane1, ref Lane lane2, ref Lane lane3)
    {
        ref byte texts = ref MemoryMarshal.GetArrayDataReference(_texts);
        ref byte codes = ref MemoryMarshal.GetArrayDataReference(_codes);
        int at0 = lane0.At, at1 = lane1.At, at2 = lane2.At, at3 = lane3.At;
        int to0 = lane0.Written, to1 = lane1.Written, to2 = lane2.Written, to3 = lane3.Written;
        for (; steps > 0; steps--)
        {
            Put(_matcher.Next(Word(ref texts, at0)), ref texts, ref codes, ref at0, ref to0);
            Put(_matcher.Next(Word(ref texts, at1)), ref texts, ref codes, ref at1, ref to1);
            Put(_matcher.Next(Word(ref texts, at2)), ref texts, ref codes, ref at2, ref to2);
            Put(_matcher.Next(Word(ref texts, at3)), ref texts, ref codes, ref at3, ref to3);
        }

        (lane0.At, lane1.At, lane2.At, lane3.At) = (at0, at1, at2, at3);
        (lane0.Written, lane1.Written, lane2.Written, lane3.Written) = (to0, to1, to2, to3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte texts, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref texts, (nint)at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(int found, ref byte texts, ref byte codes, ref int at, ref int to)
    {
        // The code before a byte that stands for itself is what is found where there is no symbol.
        Unsafe.Add(ref codes, (nint)to) = (byte)found;
        Unsafe.Add(ref codes, (nint)to + 1) = Unsafe.Add(ref texts, (nint)at);
        to += SymbolMatcher.CodesOf(found);
        at += SymbolMatcher.LengthOf(found);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step(ref Lane lane)
    {
        ref byte texts = ref MemoryMarshal.GetArrayDataReference(_texts);
        ref byte codes = ref MemoryMarshal.GetArrayDataReference(_codes);
        int code = _matcher.Find(Word(ref texts, lane.At), lane.End - lane.At, out int length);
        Put(SymbolMatcher.Pack(code, length), ref texts, ref codes, ref lane.At, ref lane.Written);
        if (lane.At == lane.End) { Close(ref lane); }
    }

    /// <summary>Goes on until the text of a lane is longer than a symbol may be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EndTexts(ref Lane lane)
    {
        while (lane.IsOpen && lane.SafeSteps == 0) { Step(ref lane); }
    }

    private void Close(ref Lane lane)
    {
        _lengths[lane.Text] = lane.Written - _starts[lane.Text];
        lane.Text++;
        Open(ref lane);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(Lane lane)
    {
        while (lane.IsOpen) { Step(ref lane); }
    }

    /// <summary>Where a lane is: in a text, at a byte of it, and in its codes.</summary>
    private struct Lane
    {
        public int Text;
        public int EndText;
        public int At;
        public int End;
        public int Written;

        public readonly bool IsOpen => Text < EndText;

        public readonly int SafeSteps => (End - At - 1) / SymbolTable.MaxSymbolLength;
    }
}
