namespace Ctas.SqlTests.Oracle;

/// <summary>A query of a run.</summary>
/// <param name="Sql">The query.</param>
/// <param name="IsOrdered">True when it orders by all its columns, so that the order of rows is to be compared.</param>
internal sealed record OracleQuery(SqlPiece Sql, bool IsOrdered);
