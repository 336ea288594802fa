using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Codes of one pool as codes of another; every distinct string is looked up once. Single-threaded.</summary>
internal sealed class CodeMap(StringPool source, StringPool target)
{
    private const int Untranslated = 0;

    // Code + 2 in the target, so that 0 means not translated yet and 1 means absent.
    private int[] _codes = [];

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _codes.Length * sizeof(int);

    /// <summary>The target's code, adding the string when it is new; −1 for −1 (NULL).</summary>
    public int Translate(int code)
    {
        if (code < 0) { return -1; }

        if (code >= _codes.Length) { Grow(code); }

        int known = _codes[code];
        return known > 1 ? known - 2 : Add(code);
    }

    /// <summary>The target's code, −1 when it has no such string and for −1 (NULL).</summary>
    public int Find(int code)
    {
        if (code < 0) { return -1; }

        if (code >= _codes.Length) { Grow(code); }

        if (_codes[code] == Untranslated) { _codes[code] = target.Find(source, code) + 2; }

        return _codes[code] - 2;
    }

    private int Add(int code)
    {
        int added = target.Add(source.GetBytes(code));
        _codes[code] = added + 2;
        return added;
    }

    private void Grow(int code) =>
        Array.Resize(ref _codes, Math.Max(Math.Max(code + 1, source.Count), _codes.Length * 2));
}

/// <summary>An interned pool and the maps of other pools into it. Single-threaded.</summary>
internal sealed class OwnPool
{
    // A source that brings a new pool with every batch must not keep all of them alive through their maps.
    private const int MaxMaps = 8;
    private const long LargeBytes = 64L << 20;

    private readonly Dictionary<StringPool, CodeMap> _maps = [];
    private StringPool? _lastSource;
    private CodeMap? _lastMap;

    /// <summary>The pool.</summary>
    public StringPool Pool { get; private set; } = new(isInterned: true);

    /// <summary>Bytes held.</summary>
    public long SizeInBytes
    {
        get
        {
            long bytes = Pool.SizeInBytes;
            foreach (CodeMap map in _maps.Values) { bytes += map.SizeInBytes; }

            return bytes;
        }
    }

    /// <summary>The map from another pool into <see cref="Pool"/>.</summary>
    public CodeMap MapOf(StringPool source)
    {
        if (ReferenceEquals(source, _lastSource)) { return _lastMap!; }

        if (!_maps.TryGetValue(source, out CodeMap? map))
        {
            if (_maps.Count == MaxMaps) { _maps.Clear(); }

            map = new CodeMap(source, Pool);
            _maps.Add(source, map);
        }

        _lastSource = source;
        _lastMap = map;
        return map;
    }

    /// <summary>Starts a new pool when this one has grown large; columns that use the old one keep it alive.</summary>
    public void TrimWhenLarge()
    {
        if (Pool.SizeInBytes < LargeBytes) { return; }

        Pool = new StringPool(isInterned: true);
        _maps.Clear();
        _lastSource = null;
        _lastMap = null;
    }
}
