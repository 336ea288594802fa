namespace Ctas.Sources.Files;

/// <summary>One read of files of lines with declared columns, decoded on several threads.</summary>
/// <remarks>
/// <code>
/// file ─► blocks of whole records ─► decoding, each block on a thread of the pool ─► batches, in the order of the file
/// </code>
/// The caller reads the blocks; as many as there are decoders are under way. Positions move when the batches of a block
/// are handed on.
/// </remarks>
internal sealed class ParallelFileScan : ISourceScan
{
    private readonly SourceDefinition _definition;
    private readonly RecordBatchBuilder[] _builders;
    private readonly Stack<RecordBatchBuilder> _idle;
    private readonly Queue<Task<DecodedBlock>> _decoding = new();
    private readonly Queue<SourceBatch> _ready = new();
    private readonly long[] _positions;
    private FileBlockReader? _reader;
    private int _file;

    /// <param name="definition">The source; its format is known.</param>
    /// <param name="request">Which columns, and on how many threads.</param>
    /// <param name="partitions">The files.</param>
    public ParallelFileScan(SourceDefinition definition, ScanRequest request, IReadOnlyList<SourcePartition> partitions)
    {
        _definition = definition;
        Partitions = partitions;
        _positions = new long[partitions.Count];

        // One more than threads: the next block is there when one is done.
        _builders =
        [
            .. Enumerable.Range(0, request.MaxDegreeOfParallelism + 1)
                .Select(_ => new RecordBatchBuilder(definition, request, partitions)),
        ];
        _idle = new Stack<RecordBatchBuilder>(_builders);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions { get; }

    /// <summary>Bytes of a block; more where a record is larger.</summary>
    internal int BlockBytes { get; init; } = FileBlockReader.LargeBlock;

    /// <inheritdoc/>
    public async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_ready.Count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StartDecoding();
            if (!_decoding.TryDequeue(out Task<DecodedBlock>? decoding)) { return null; }

            DecodedBlock block = await decoding.ConfigureAwait(false);
            _idle.Push(block.Builder);
            foreach (SourceBatch batch in block.Batches) { _ready.Enqueue(batch); }

            Volatile.Write(ref _positions[block.File], block.Position);
            StartDecoding();
        }

        return _ready.Dequeue();
    }

    /// <inheritdoc/>
    public ScanStatistics GetStatistics()
    {
        ScanStatistics[] parts = [.. _builders.Select(builder => builder.GetStatistics())];
        long[] positions = [.. Enumerable.Range(0, _positions.Length).Select(file => Volatile.Read(ref _positions[file]))];
        return ScanStatistics.OfParts(parts, positions);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // What is still being decoded is of no interest any more, and neither is its failure.
        await ((Task)Task.WhenAll(_decoding)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _decoding.Clear();
        _reader?.Dispose();
        _reader = null;
    }

    private void StartDecoding()
    {
        while (_file < Partitions.Count && _idle.Count > 0)
        {
            try
            {
                _reader ??= FileBlockReader.Open(Partitions[_file], _file, _definition, BlockBytes);
                if (_reader.Read() is { } block) { Start(block, _reader, _idle.Pop()); }
                else { CloseFile(); }
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                // In its turn: an error in a record before comes first.
                _decoding.Enqueue(Task.FromException<DecodedBlock>(
                    FileScan.Failure(_definition, Partitions[_file].Name, _reader?.Offset, e)));
                _file = Partitions.Count;
            }
        }
    }

    private void Start(RecordBlock block, FileBlockReader reader, RecordBatchBuilder builder)
    {
        bool isLast = reader.IsAtEnd;
        long position = isLast ? Partitions[_file].Range.End : reader.IsPacked ? reader.Position : reader.Offset;
        IReadOnlyList<string>? header = reader.Header;
        bool isDelimited = reader.IsDelimited;
        _decoding.Enqueue(Task.Run(() =>
        {
            List<SourceBatch> batches = Decode(builder, block, header, isDelimited);
            return new DecodedBlock(builder, batches, block.PartitionOrdinal, position);
        }));
    }

    private static List<SourceBatch> Decode(
        RecordBatchBuilder builder, RecordBlock block, IReadOnlyList<string>? header, bool isDelimited)
    {
        var batches = new List<SourceBatch>();
        try
        {
            if (header is not null) { builder.NameFields(header); }

            while (!block.IsEmpty)
            {
                if (isDelimited) { builder.AddDelimitedLines(block); }
                else { builder.AddJsonLines(block); }

                if ((builder.IsFull || block.IsEmpty) && builder.Finish() is { } batch) { batches.Add(batch); }
            }

            return batches;
        }
        finally
        {
            block.Release();
        }
    }

    private void CloseFile()
    {
        _reader!.Dispose();
        _reader = null;
        _file++;
    }

    /// <summary>What one block has come to, and where the file stands behind it.</summary>
    private sealed record DecodedBlock(RecordBatchBuilder Builder, List<SourceBatch> Batches, int File, long Position);
}
