using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Codes many texts by symbols, four at a time: while one waits for the table of symbols, the others go on.</summary>
/// <remarks>
/// Texts are gathered in blocks that stay in the nearer caches, each with a byte behind it that no symbol holds: no symbol
/// is then found across the end of a text, and coded as a byte that stands for itself that end is found again among the
/// codes. Of a block each lane takes one stretch of texts of about the same size. Single-threaded.
/// </remarks>
internal sealed class SymbolCoder(SymbolTable symbols)
{
    private const int Lanes = 4;
    private const int BlockTexts = 1024;
    private const int BlockBytes = 1 << 16;

    private readonly SymbolMatcher _matcher = new(symbols);
    private readonly int[] _ends = new int[BlockTexts];
    private readonly int[] _starts = new int[BlockTexts];
    private readonly int[] _lengths = new int[BlockTexts];
    private byte[] _texts = GC.AllocateUninitializedArray<byte>(BlockBytes * 2);
    private byte[] _codes = GC.AllocateUninitializedArray<byte>(BlockBytes * 4);
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
            int wanted = checked(used + text.Length + 1 + SymbolTable.MaxSymbolLength);
            if (wanted > _texts.Length) { Array.Resize(ref _texts, wanted); }

            text.CopyTo(_texts.AsSpan(used));
            used += text.Length;
            _texts[used++] = (byte)_matcher.Foreign;
            _ends[_count++] = used;
        }

        return row;
    }

    /// <summary>Codes the texts that were gathered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Encode()
    {
        // Coded, a text may be twice as long; both bytes of an escape are written before it is known to be one.
        int bytes = TextBytes, room = checked((bytes * 2) + 1);
        if (room > _codes.Length) { _codes = new byte[room]; }

        // Where bytes are of every kind, an end cannot be told from a byte of a text.
        if (_matcher.Foreign < 0 || _texts.AsSpan(0, bytes).Count((byte)_matcher.Foreign) != _count)
        {
            EncodeEach();
            return;
        }

        int text1 = LaneStart(0, bytes / Lanes), text2 = LaneStart(text1, bytes / Lanes * 2), text3 = LaneStart(text2, bytes / Lanes * 3);
        Lane lane0 = Begin(0, text1), lane1 = Begin(text1, text2), lane2 = Begin(text2, text3), lane3 = Begin(text3, _count);
        while (true)
        {
            // So many symbols end in no lane behind its last text.
            int steps = Math.Min(Math.Min(lane0.Left, lane1.Left), Math.Min(lane2.Left, lane3.Left)) / SymbolTable.MaxSymbolLength;
            if (steps == 0) { break; }

            Run(steps, ref lane0, ref lane1, ref lane2, ref lane3);
        }

        Finish(lane0);
        Finish(lane1);
        Finish(lane2);
        Finish(lane3);
    }

    /// <summary>The codes of a text of the block.</summary>
    public ReadOnlySpan<byte> CodesOf(int text) => _codes.AsSpan(_starts[text], _lengths[text]);

    private int StartOf(int text) => text == 0 ? 0 : _ends[text - 1];

    // The first text, from one on, that begins at or behind a place.
    private int LaneStart(int text, int place)
    {
        while (text < _count && StartOf(text) < place) { text++; }

        return text;
    }

    private Lane Begin(int text, int endText)
    {
        int at = StartOf(text);
        return new Lane { Text = text, EndText = endText, At = at, End = StartOf(endText), Written = at * 2 };
    }

    // References instead of offsets: eight of them and the table's fit the registers.
    [MethodImpl(HotLoop.Options)]
    private void Run(int steps, ref Lane lane0, ref Lane lane1, ref Lane lane2, ref Lane lane3)
    {
        ref ulong table = ref _matcher.Table;
        ref byte texts = ref MemoryMarshal.GetArrayDataReference(_texts);
        ref byte codes = ref MemoryMarshal.GetArrayDataReference(_codes);
        ref byte at0 = ref Unsafe.Add(ref texts, lane0.At), to0 = ref Unsafe.Add(ref codes, lane0.Written);
        ref byte at1 = ref Unsafe.Add(ref texts, lane1.At), to1 = ref Unsafe.Add(ref codes, lane1.Written);
        ref byte at2 = ref Unsafe.Add(ref texts, lane2.At), to2 = ref Unsafe.Add(ref codes, lane2.Written);
        ref byte at3 = ref Unsafe.Add(ref texts, lane3.At), to3 = ref Unsafe.Add(ref codes, lane3.Written);
        for (uint found; steps > 0; steps--)
        {
            found = Step(ref table, ref at0, ref to0);
            at0 = ref Unsafe.Add(ref at0, SymbolMatcher.LengthOf(found));
            to0 = ref Unsafe.Add(ref to0, SymbolMatcher.CodesOf(found));
            found = Step(ref table, ref at1, ref to1);
            at1 = ref Unsafe.Add(ref at1, SymbolMatcher.LengthOf(found));
            to1 = ref Unsafe.Add(ref to1, SymbolMatcher.CodesOf(found));
            found = Step(ref table, ref at2, ref to2);
            at2 = ref Unsafe.Add(ref at2, SymbolMatcher.LengthOf(found));
            to2 = ref Unsafe.Add(ref to2, SymbolMatcher.CodesOf(found));
            found = Step(ref table, ref at3, ref to3);
            at3 = ref Unsafe.Add(ref at3, SymbolMatcher.LengthOf(found));
            to3 = ref Unsafe.Add(ref to3, SymbolMatcher.CodesOf(found));
        }

        lane0.MoveTo(Unsafe.ByteOffset(ref texts, ref at0), Unsafe.ByteOffset(ref codes, ref to0));
        lane1.MoveTo(Unsafe.ByteOffset(ref texts, ref at1), Unsafe.ByteOffset(ref codes, ref to1));
        lane2.MoveTo(Unsafe.ByteOffset(ref texts, ref at2), Unsafe.ByteOffset(ref codes, ref to2));
        lane3.MoveTo(Unsafe.ByteOffset(ref texts, ref at3), Unsafe.ByteOffset(ref codes, ref to3));
    }

    /// <summary>Codes what a lane has left, and finds the texts among its codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(Lane lane)
    {
        ref byte texts = ref MemoryMarshal.GetArrayDataReference(_texts);
        ref byte codes = ref MemoryMarshal.GetArrayDataReference(_codes);
        int at = lane.At, to = lane.Written;
        while (at < lane.End)
        {
            uint found = Step(ref _matcher.Table, ref Unsafe.Add(ref texts, at), ref Unsafe.Add(ref codes, to));
            at += (int)SymbolMatcher.LengthOf(found);
            to += (int)SymbolMatcher.CodesOf(found);
        }

        byte end = (byte)_matcher.Foreign;
        int start = StartOf(lane.Text) * 2, next = start;
        for (int text = lane.Text; text < lane.EndText; next += 2)
        {
            next += _codes.AsSpan(next, to - next).IndexOf(SymbolTable.Escape);
            if (_codes[next + 1] != end) { continue; }

            (_starts[text], _lengths[text++]) = (start, next - start);
            start = next + 2;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(ref ulong table, ref byte text, ref byte codes)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref text);
        uint found = SymbolMatcher.Next(ref table, word);

        // The code before a byte that stands for itself is what is found where there is no symbol; behind any other code
        // the byte is overwritten.
        codes = (byte)found;
        Unsafe.Add(ref codes, 1) = (byte)word;
        return found;
    }

    private void EncodeEach()
    {
        for (int text = 0; text < _count; text++)
        {
            int start = StartOf(text);
            _starts[text] = start * 2;
            _lengths[text] = _matcher.Encode(_texts.AsSpan(start), _ends[text] - start - 1, _codes.AsSpan(start * 2));
        }
    }

    /// <summary>Where a lane is in its texts, and in their codes.</summary>
    private struct Lane
    {
        public int Text;
        public int EndText;
        public int At;
        public int End;
        public int Written;

        public readonly int Left => End - At;

        public void MoveTo(nint at, nint written) => (At, Written) = ((int)at, (int)written);
    }
}
