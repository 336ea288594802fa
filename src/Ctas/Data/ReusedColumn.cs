namespace Ctas.Data;

/// <summary>The arrays of a gathered column that nobody reads any more, for the next one. Single-threaded.</summary>
internal sealed class ReusedColumn
{
    private Array? _values;
    private ulong[] _words = [];

    /// <summary>An array for at least so many values, whatever they are.</summary>
    public T[] Values<T>(int count)
        where T : unmanaged
    {
        if (_values is T[] known && known.Length >= count) { return known; }

        T[] values = GC.AllocateUninitializedArray<T>(count);
        _values = values;
        return values;
    }

    /// <summary>So many set bits.</summary>
    public Bitmap SetBits(int length)
    {
        if (_words.Length < Bitmap.WordsFor(length)) { _words = new ulong[Bitmap.WordsFor(length)]; }

        return new Bitmap(length, value: true, _words, isLent: false);
    }
}
