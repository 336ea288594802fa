using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Which rows of a segment are dead, as one version has it: bits in pieces of 2,048 rows. Immutable.</summary>
/// <param name="pieces">The bits; null where no row of the piece is dead.</param>
internal readonly struct DeletedRows(ulong[]?[] pieces)
{
    /// <summary>Bits of a row's place that count inside a piece.</summary>
    public const int PieceBits = 11;

    /// <summary>True when the row is dead.</summary>
    public bool this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => pieces[place >> PieceBits] is { } piece
            && (piece[place >> 6 & ((1 << (PieceBits - 6)) - 1)] >> place & 1) != 0;
    }
}

/// <summary>The dead rows of a segment as the writer has them; a piece is copied when a version shares it.</summary>
internal sealed class DeletedRowsBuilder
{
    private const int PieceWords = 1 << (DeletedRows.PieceBits - 6);

    private ulong[]?[] _pieces;
    private uint _owned;
    private bool _isListShared;

    /// <summary>No row of <paramref name="capacity"/> is dead, or all are.</summary>
    public DeletedRowsBuilder(int capacity, bool areAllDead = false)
    {
        _pieces = new ulong[]?[((capacity - 1) >> DeletedRows.PieceBits) + 1];
        for (int piece = 0; areAllDead && piece < _pieces.Length; piece++)
        {
            _pieces[piece] = new ulong[PieceWords];
            _pieces[piece].AsSpan().Fill(ulong.MaxValue);
            _owned |= 1u << piece;
        }
    }

    /// <summary>Bytes of the bits.</summary>
    public long SizeInBytes => _pieces.Count(piece => piece is not null) * ((PieceWords * 8L) + 24);

    /// <summary>The bits of a loaded segment.</summary>
    public static DeletedRowsBuilder Of(Bitmap? deleted, int rowCount)
    {
        var rows = new DeletedRowsBuilder(rowCount);
        for (int word = 0; deleted is not null && word < (rowCount + 63) >> 6; word++)
        {
            for (ulong bits = deleted.Words[word]; bits != 0; bits &= bits - 1)
            {
                rows.Set((word << 6) + BitOperations.TrailingZeroCount(bits), isDead: true);
            }
        }

        return rows;
    }

    /// <summary>True when the row is dead.</summary>
    public bool this[int place] => new DeletedRows(_pieces)[place];

    /// <summary>Marks a row.</summary>
    public void Set(int place, bool isDead)
    {
        int number = place >> DeletedRows.PieceBits;
        if ((_owned >> number & 1) == 0) { Own(number); }

        ref ulong word = ref _pieces[number]![place >> 6 & (PieceWords - 1)];
        word = isDead ? word | 1UL << place : word & ~(1UL << place);
    }

    /// <summary>The bits for a version; the writer does not change them any more.</summary>
    public DeletedRows Publish()
    {
        _owned = 0;
        _isListShared = true;
        return new DeletedRows(_pieces);
    }

    private void Own(int number)
    {
        if (_isListShared)
        {
            _pieces = [.. _pieces];
            _isListShared = false;
        }

        _pieces[number] = _pieces[number] is { } shared ? [.. shared] : new ulong[PieceWords];
        _owned |= 1u << number;
    }
}
