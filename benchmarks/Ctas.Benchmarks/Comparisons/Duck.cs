using System.Globalization;
using Ctas.Benchmarks.Shapes;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The peer: DuckDB in memory.</summary>
internal static class Duck
{
    public static DuckDBConnection Open(int threads)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"SET threads = {threads}"));
        return connection;
    }

    public static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static Task ExecuteAsync(DuckDBConnection connection, string sql)
    {
        Execute(connection, sql);
        return Task.CompletedTask;
    }

    public static void CreateOrders(DuckDBConnection connection, int rows)
    {
        Execute(connection, "CREATE TABLE orders(id VARCHAR, customer VARCHAR, status VARCHAR, quantity BIGINT, amount DOUBLE, city VARCHAR)");
        using (DuckDBAppender appender = connection.CreateAppender("orders"))
        {
            foreach (OrderRow order in OrderRow.Generate(rows))
            {
                appender.CreateRow()
                    .AppendValue(order.Id).AppendValue(order.Customer).AppendValue(order.Status)
                    .AppendValue(order.Quantity).AppendValue(order.Amount).AppendValue(order.City)
                    .EndRow();
            }
        }

        Execute(connection, "CREATE TABLE customers(id VARCHAR, name VARCHAR, tier VARCHAR)");
        using DuckDBAppender customers = connection.CreateAppender("customers");
        foreach ((string id, string name, string tier) in OrderRow.Customers(rows))
        {
            customers.CreateRow().AppendValue(id).AppendValue(name).AppendValue(tier).EndRow();
        }
    }
}
