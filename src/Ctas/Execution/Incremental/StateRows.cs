using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Takes the state of operators as rows, one section after another, between two ticks. Single-threaded.</summary>
/// <remarks>
/// What an operator can find again by itself (hashes, chains, heaps) is no part of it. Sections share no memory with the
/// operators that goes on changing.
/// </remarks>
internal sealed class StateWriter
{
    private readonly List<Batch> _sections = [];

    /// <summary>What was taken so far.</summary>
    public IReadOnlyList<Batch> Sections => _sections;

    /// <summary>Adds a section.</summary>
    /// <param name="columns">At least one; all of the same length.</param>
    public void Add(params Column[] columns) => _sections.Add(new Batch(columns, columns[0].Length));

    /// <summary>Adds a section of one row of numbers.</summary>
    public void AddRow(params long[] values) => Add([.. values.Select(value => Of([value]))]);

    /// <summary>A column of numbers.</summary>
    public static Column Of(long[] values) => new FixedColumn<long>(DataType.BigInt, values, values.Length);

    /// <inheritdoc cref="Of(long[])"/>
    public static Column Of(int[] values) => new FixedColumn<int>(DataType.Int, values, values.Length);
}

/// <summary>Gives what a <see cref="StateWriter"/> took, in the same order. Single-threaded.</summary>
/// <param name="sections">The sections.</param>
internal sealed class StateReader(IReadOnlyList<Batch> sections)
{
    private int _next;

    /// <summary>True when everything has been given.</summary>
    public bool IsAtEnd => _next == sections.Count;

    /// <summary>The next section.</summary>
    /// <param name="types">Types of its columns.</param>
    /// <exception cref="InvalidDataException">There is none, or it has other columns.</exception>
    public Batch Next(params IEnumerable<DataType> types)
    {
        if (IsAtEnd) { throw new InvalidDataException("The state ends before its end."); }

        Batch section = sections[_next++];
        var found = section.Columns.ToArray().Select(column => column.Type);
        return found.SequenceEqual(types) ? section : throw new InvalidDataException("The state is that of other operators.");
    }

    /// <summary>The next section, which has one row of numbers.</summary>
    /// <param name="count">How many.</param>
    /// <exception cref="InvalidDataException">It is another one.</exception>
    public long[] NextRow(int count)
    {
        Batch section = Next(Enumerable.Repeat(DataType.BigInt, count));
        return section.RowCount == 1
            ? [.. section.Columns.ToArray().Select(column => ((FixedColumn<long>)column).Values[0])]
            : throw new InvalidDataException("The state is that of other operators.");
    }

    /// <summary>The values of a column of numbers.</summary>
    public static ReadOnlySpan<long> Numbers(Column column) => ((FixedColumn<long>)column).Values;

    /// <summary>The values of a column of small numbers.</summary>
    public static ReadOnlySpan<int> Integers(Column column) => ((FixedColumn<int>)column).Values;
}
