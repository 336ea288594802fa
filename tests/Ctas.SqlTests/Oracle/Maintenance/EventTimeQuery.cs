namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>What a query that goes by event time is made of.</summary>
internal enum EventTimeKind
{
    /// <summary>Windows with a GRACE PERIOD, refined as rows come or given when they close.</summary>
    Window,

    /// <summary>Two streams joined WITHIN a time and its GRACE PERIOD.</summary>
    Within,

    /// <summary>A stream that meets a table as it is.</summary>
    StreamAndTable,
}

/// <summary>A query that is maintained by event time, and how to write the plain one that it is compared with.</summary>
/// <param name="Name">What is counted.</param>
/// <param name="Template">The query, with places for {grace} and, of windows, {filter}.</param>
/// <param name="Grace">The GRACE PERIOD.</param>
internal sealed record EventTimeQuery(string Name, string Template, string Grace)
{
    private const string All = "TRUE";

    /// <summary>True to give windows when they close.</summary>
    public bool IsFinal { get; init; }

    /// <summary>False when rows may be left out before it is asked whether they are late.</summary>
    public bool CountsAllLateRows { get; init; }

    /// <summary>What is counted in a report.</summary>
    public string Construct => IsFinal ? $"{Name}.final" : Name;

    /// <summary>The query that is maintained.</summary>
    public string Maintained => Written(Grace, All);

    /// <summary>The query without closing time, over the groups for which a condition holds.</summary>
    public string Plain(string filter = All) => Written("", filter);

    private string Written(string grace, string filter) => Template
        .Replace("{grace}", grace, StringComparison.Ordinal).Replace("{filter}", filter, StringComparison.Ordinal);
}
