using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Numbers the strings of columns that may come from several pools: equal strings ⇔ equal codes.</summary>
/// <remarks>
/// The first interned pool is used as it is, so that as a rule nothing is hashed or stored a second time. Only when a
/// second pool turns up are the strings copied into a pool of this object. Single-threaded.
/// </remarks>
internal sealed class StringCodes
{
    private readonly Dictionary<StringPool, int[]> _translations = [];
    private StringPool? _adopted;
    private StringPool? _own;
    private StringPool? _lastPool;
    private int[] _lastTranslation = [];
    private int _adoptedCount;

    /// <summary>Codes are less than this.</summary>
    public int Count => _own?.Count ?? _adoptedCount;

    /// <summary>Bytes kept alive beside the adopted pool.</summary>
    public long SizeInBytes =>
        (_own?.SizeInBytes ?? 0) + _translations.Values.Sum(translation => translation.Length * (long)sizeof(int));

    /// <summary>The code of each row, −1 for NULL.</summary>
    public void Read(StringColumn column, Span<int> codes)
    {
        _adopted ??= column.Pool.IsInterned && _own is null ? column.Pool : null;
        if (_own is null && ReferenceEquals(column.Pool, _adopted))
        {
            column.Codes.CopyTo(codes);
            foreach (int code in codes) { _adoptedCount = Math.Max(_adoptedCount, code + 1); }

            return;
        }

        if (_own is null) { CopyAdopted(); }

        Translate(column, codes);
    }

    private void CopyAdopted()
    {
        // In order, so every string keeps its code.
        _own = new StringPool(isInterned: true);
        for (int code = 0; code < _adoptedCount; code++) { _own.Add(_adopted!.GetBytes(code)); }
    }

    private void Translate(StringColumn column, Span<int> codes)
    {
        if (!ReferenceEquals(_lastPool, column.Pool))
        {
            _lastPool = column.Pool;
            _lastTranslation = _translations.GetValueOrDefault(column.Pool) ?? [];
        }

        ReadOnlySpan<int> from = column.Codes;
        for (int row = 0; row < from.Length; row++)
        {
            int code = from[row];
            if (code >= _lastTranslation.Length) { GrowTranslation(code); }

            // Zero is a string not met before: codes are kept plus one.
            if (code >= 0 && _lastTranslation[code] == 0)
            {
                _lastTranslation[code] = _own!.Add(column.GetBytes(row)) + 1;
            }

            codes[row] = code < 0 ? -1 : _lastTranslation[code] - 1;
        }
    }

    private void GrowTranslation(int code)
    {
        Array.Resize(ref _lastTranslation, Math.Max(256, (code + 1) * 2));
        _translations[_lastPool!] = _lastTranslation;
    }
}
