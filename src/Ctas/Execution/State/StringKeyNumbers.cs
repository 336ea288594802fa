using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>One string key: after the first sight of a code, its number is one array read.</summary>
internal sealed class StringKeyNumbers(DataType type) : KeyNumbers
{
    private readonly OwnPool _pool = new();

    // Pool codes are given out in the order of numbers, except that NULL takes a number and no code.
    private int _nullNumber = -1;

    public override long SizeInBytes => _pool.SizeInBytes;

    public override void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        var strings = (StringColumn)keys[0];
        CodeMap map = _pool.MapOf(strings.Pool);
        ReadOnlySpan<int> codes = strings.Codes;
        for (int row = 0; row < numbers.Length; row++)
        {
            int code = codes[row];
            numbers[row] = code < 0 ? NumberOfNull() : NumberOf(map.Translate(code));
        }
    }

    public override void Find(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        var strings = (StringColumn)keys[0];
        CodeMap map = _pool.MapOf(strings.Pool);
        ReadOnlySpan<int> codes = strings.Codes;
        for (int row = 0; row < numbers.Length; row++)
        {
            int code = map.Find(codes[row]);
            numbers[row] = code < 0 || _nullNumber < 0 || code < _nullNumber ? code : code + 1;
        }
    }

    public override Column[] Keys()
    {
        var codes = new int[Count];
        Bitmap? validity = null;
        for (int number = 0; number < codes.Length; number++)
        {
            codes[number] = _nullNumber < 0 || number < _nullNumber ? number : number - 1;
        }

        if (_nullNumber >= 0)
        {
            codes[_nullNumber] = -1;
            validity = new Bitmap(Count, value: true) { [_nullNumber] = false };
        }

        return [new StringColumn(type, codes, Count, _pool.Pool, validity)];
    }

    private int NumberOf(int code)
    {
        int number = _nullNumber < 0 || code < _nullNumber ? code : code + 1;
        if (number >= Count) { Count = number + 1; }

        return number;
    }

    private int NumberOfNull()
    {
        if (_nullNumber < 0) { _nullNumber = Count++; }

        return _nullNumber;
    }
}
