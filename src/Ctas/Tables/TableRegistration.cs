using System.Collections.Immutable;

namespace Ctas.Tables;

/// <summary>A table and what is to be known of it, offered to the registry.</summary>
/// <param name="Table">The table; its name is the name it gets.</param>
public sealed record TableRegistration(ITable Table)
{
    /// <summary>The statement that made it.</summary>
    public string Sql { get; init; } = "";

    /// <summary>Names of the tables it reads.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>How far each source partition was read.</summary>
    public IReadOnlyList<SourcePosition> Positions { get; init; } = [];

    /// <summary>Its properties; secrets are replaced before they are kept.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True when the table will be kept fresh: its state is then Live, not Ready.</summary>
    public bool IsLive { get; init; }
}

/// <summary>A table that will be loaded, declared before any data is there.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Sql">The statement that will make it.</param>
/// <param name="Dependencies">Names of the tables it reads.</param>
/// <param name="Properties">Its properties; secrets are replaced when they are shown.</param>
/// <param name="Model">How its rows will be stored.</param>
/// <param name="Replaces">True when a loaded table of the name stays readable until the new one is published.</param>
internal sealed record TableDeclaration(
    string Name,
    string Sql,
    IReadOnlyList<string> Dependencies,
    Data.PropertySet Properties,
    TableModel Model = TableModel.Standard,
    bool Replaces = false)
{
    /// <summary>The sink it writes to; null without one.</summary>
    public string? Sink { get; init; }
}

/// <summary>The data of a declared table, and what its load found out.</summary>
/// <param name="Table">The table; its name is that of the declaration.</param>
/// <param name="Positions">How far each source partition was read.</param>
/// <param name="Warnings">What the user should know.</param>
/// <param name="IsLive">True when the table will be kept fresh.</param>
internal sealed record TablePublication(
    ITable Table,
    IReadOnlyList<SourcePosition>? Positions = null,
    IReadOnlyList<string>? Warnings = null,
    bool IsLive = false)
{
    /// <summary>True when rows will only ever be added to it.</summary>
    public bool IsAppendOnly { get; init; }

    /// <summary>What its load has held so far, in place of which the table counts from now on; null: nothing.</summary>
    public MemoryReservation? Reservation { get; init; }
}

/// <summary>The next version of a live table, and how far its sources were read for it.</summary>
/// <param name="Version">The version.</param>
/// <param name="Positions">How far each source partition was read; null when no further than before.</param>
internal sealed record TableAdvance(Table Version, IReadOnlyList<SourcePosition>? Positions = null);
