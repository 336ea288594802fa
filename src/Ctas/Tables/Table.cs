using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Ctas.Data;
using Ctas.Tables.Indexes;
using Ctas.Tables.Versions;

namespace Ctas.Tables;

/// <summary>One version of a table: turns keys into what the index is asked for. Immutable.</summary>
[SkipLocalsInit] // Keys are encoded on the stack; clearing it first would cost as much as hashing.
internal abstract class Table : ITable
{
    private const int StackBytes = 512;

    private readonly KeyLayout _keys;
    private HistoryNode? _node;
    private TableStatistics? _statistics;
    private TableIndexes _indexes = TableIndexes.None;

    private protected Table(TableShape shape, long version = 1)
    {
        Shape = shape;
        Version = version;
        _keys = shape.Keys;
    }

    /// <summary>What all versions of the table share.</summary>
    public TableShape Shape { get; }

    /// <summary>The right to go on from this version.</summary>
    internal WriterClaim Continuation { get; private protected init; } = new();

    /// <summary>Where the version stands in the history of the table; null while nothing keeps the table fresh.</summary>
    internal HistoryNode? Node
    {
        get => Volatile.Read(ref _node);
        set => Volatile.Write(ref _node, value);
    }

    /// <summary>What the planner is told of the rows.</summary>
    internal TableStatistics Statistics => _statistics ??= new TableStatistics(this);

    /// <summary>The secondary indexes.</summary>
    internal TableIndexes Indexes
    {
        get => Volatile.Read(ref _indexes);
        set => Volatile.Write(ref _indexes, value);
    }

    public string Name => Shape.Name;

    public Schema Schema => Shape.Schema;

    public abstract TableModel Model { get; }

    public abstract long RowCount { get; }

    public TableMemory Memory => RowMemory with { SecondaryIndexes = Indexes.SizeInBytes, OperatorState = OperatorBytes };

    /// <summary>Bytes of the rows and the key index.</summary>
    internal abstract TableMemory RowMemory { get; }

    /// <summary>What the operators hold that made this version and will make the next.</summary>
    internal long OperatorBytes { get; set; }

    public long Version { get; private set; }

    public IEnumerable<Row> Rows
    {
        get
        {
            foreach (int row in LiveRows()) { yield return new Row(Store, row); }
        }
    }

    /// <summary>The rows by number.</summary>
    internal abstract RowStore Store { get; }

    public bool TryGet(string key, out Row row)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_keys.IsVarchar) { ThrowWrongKey("a string"); }

        return Found(Hashing.TryAscii(key, out ulong hash) ? FindAscii(key, hash) : FindUtf8Of(key, hash: null), out row);
    }

    public bool TryGet(ReadOnlySpan<byte> utf8Key, out Row row)
    {
        if (_keys.Form != KeyForm.Text) { ThrowWrongKey("bytes"); }

        return Found(FindText(utf8Key, Hashing.Bytes(utf8Key)), out row);
    }

    public bool TryGet(long key, out Row row) =>
        _keys.Form == KeyForm.Integer ? Found(FindInteger(key), out row) : TryGetNumber(key, out row);

    public bool TryGet(in TableKey key, out Row row)
    {
        ReadOnlySpan<KeyValue> values = key.Values;
        if (_keys.Form == KeyForm.None || values.Length != _keys.Types.Length) { ThrowWrongKey(key); }

        int maxBytes = KeyConversion.MaxTextBytes(values);
        byte[]? rented = maxBytes > StackBytes ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        Span<byte> text = rented ?? stackalloc byte[StackBytes];
        bool isFound = TryGet(key, values, text, out row);
        if (rented is not null) { ArrayPool<byte>.Shared.Return(rented); }

        return isFound;
    }

    public IAsyncEnumerable<TableChange> ChangesAsync(long fromVersion = 0, CancellationToken cancellationToken = default)
    {
        RequireKnown(fromVersion);
        return new TableChangeStream(() => this, fromVersion, cancellationToken);
    }

    /// <summary>Throws for a version that changes cannot be wanted after.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version yet.</exception>
    internal void RequireKnown(long fromVersion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fromVersion, Node?.History.Newest.Version ?? Version);
    }

    /// <summary>Adds an index while others read; nothing happens when it is there.</summary>
    /// <exception cref="InvalidOperationException">A column cannot be indexed.</exception>
    internal void AddIndex(IndexDefinition definition)
    {
        lock (Shape.Indexing) { Indexes = Indexes.With(this, definition); }
    }

    /// <summary>Another number for a version that nobody has seen.</summary>
    internal void Renumber(long version) => Version = version;

    /// <summary>The indexes with the names of their columns.</summary>
    internal IReadOnlyList<TableIndex> DescribeIndexes() =>
        [.. Indexes.Definitions.Select(index => new TableIndex([.. index.Columns.Select(ordinal => Schema.Fields[ordinal].Name)], index.Kind))];

    /// <summary>The number of the row with a key, or −1.</summary>
    internal int NumberOf(in TableKey key) => TryGet(key, out Row row) ? row.Number : -1;

    /// <summary>The number of the row with a key in the form of its columns, or −1.</summary>
    internal int NumberOf(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text) => _keys.Form switch
    {
        KeyForm.Text when !key[0].IsNull => FindText(TextOf(key[0], text), Hashing.Bytes(TextOf(key[0], text))),
        KeyForm.Integer when !key[0].IsNull => FindInteger((long)key[0].Number),
        _ => Find(key, text),
    };

    public abstract IEnumerable<Batch> Scan(OrdinalList? columns = null);

    public Func<Row, T> GetMapper<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>() => Shape.GetMapper<T>();

    public override string ToString() => $"{Name} ({Schema}), {RowCount} rows";

    /// <summary>The number of the row with a key of form <see cref="KeyForm.Text"/>, or −1.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    protected abstract int FindText(ReadOnlySpan<byte> key, ulong hash);

    /// <summary>The number of the row with a key of form <see cref="KeyForm.Text"/> that is ASCII, or −1.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">The hash of its UTF-8 form.</param>
    protected virtual int FindAscii(string key, ulong hash) => FindUtf8Of(key, hash);

    /// <summary>The number of the row with a key of form <see cref="KeyForm.Integer"/>, or −1.</summary>
    protected abstract int FindInteger(long key);

    /// <summary>The number of the row with any key, or −1.</summary>
    protected abstract int Find(ReadOnlySpan<KeyPart> key, ReadOnlySpan<byte> text);

    /// <summary>The numbers of the rows that were not deleted.</summary>
    internal abstract IEnumerable<int> LiveRows();

    private static ReadOnlySpan<byte> TextOf(KeyPart part, ReadOnlySpan<byte> text) => text.Slice(part.TextStart, part.TextLength);

    private int FindUtf8Of(string key, ulong? hash)
    {
        int maxBytes = Encoding.UTF8.GetMaxByteCount(key.Length);
        byte[]? rented = maxBytes > StackBytes ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        Span<byte> utf8 = rented ?? stackalloc byte[StackBytes];
        utf8 = utf8[..Encoding.UTF8.GetBytes(key, utf8)];
        int found = FindText(utf8, hash ?? Hashing.Bytes(utf8));
        if (rented is not null) { ArrayPool<byte>.Shared.Return(rented); }

        return found;
    }

    // Apart, so that lookups by integer clear no room for a key on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGetNumber(long key, out Row row) => TryGet(new TableKey(key), out row);

    private bool TryGet(in TableKey key, ReadOnlySpan<KeyValue> values, Span<byte> text, out Row row)
    {
        Span<KeyPart> parts = values.Length <= 16 ? stackalloc KeyPart[values.Length] : new KeyPart[values.Length];
        int used = 0;
        bool canOccur = true;
        for (int part = 0; part < parts.Length; part++)
        {
            KeyConversionResult result =
                KeyConversion.Convert(values[part], _keys.Types[part], text, ref used, out parts[part]);
            if (result == KeyConversionResult.WrongType) { ThrowWrongKey(key); }

            canOccur &= result == KeyConversionResult.Converted;
        }

        row = default;
        return canOccur && Found(Find(parts, text[..used]), out row);
    }

    private bool Found(int number, out Row row)
    {
        row = number < 0 ? default : new Row(Store, number);
        return number >= 0;
    }

    [DoesNotReturn]
    private void ThrowWrongKey(in TableKey key) => ThrowWrongKey(key.ToString());

    [DoesNotReturn]
    private void ThrowWrongKey(string given)
    {
        if (_keys.Form == KeyForm.None)
        {
            throw new InvalidOperationException(
                $"Table \"{Name}\" has no key, so its rows cannot be looked up: name its columns, the key among them, "
                + $"CREATE TABLE {Name} (… PRIMARY KEY, …) AS …, or scan it.");
        }

        string columns = string.Join(", ", Schema.Key.Select(ordinal =>
            $"{Schema.Fields[ordinal].Name} {Schema.Fields[ordinal].Type}"));
        throw new ArgumentException($"The key of table \"{Name}\" is ({columns}); {given} cannot be looked up in it.");
    }
}
