using Ctas.Execution.Kernels;
using Ctas.Planning;
using Ctas.Tests.Planning;

namespace Ctas.Tests.Binding;

/// <summary>Calls in the forms that the syntax gives them, over columns.</summary>
public sealed class FunctionCatalogTests
{
    private static readonly string[] Calls =
    [
        "UPPER(status)", "UCASE(status)", "LOWER(status)", "LCASE(status)", "LENGTH(status)", "LEN(status)",
        "CONCAT(status, order_id, NULL, at)", "SUBSTRING(status, 2)", "SUBSTR(status, 2, 3)", "TRIM(status)", "TRIM(status, 'x')",
        "LTRIM(status)", "RTRIM(status, ' x')", "TRIM(TRAILING FROM status)", "REPLACE(status, 'a', 'b')",
        "STARTS_WITH(status, 'a')", "ABS(order_id)", "ABS(amount)", "ROUND(weight)", "ROUND(amount, 1)", "ROUND(order_id, -2)",
        "FLOOR(amount)", "CEIL(weight)", "CEILING(order_id)", "SIGN(amount)", "SIGN(weight)", "SQRT(weight)", "POWER(order_id, 2)",
        "COALESCE(status, 'x')", "IFNULL(amount, 0)", "NULLIF(order_id, 1)", "NULLIF(at, '2024-01-01')", "GREATEST(order_id, 1, 2.5)",
        "LEAST(at, CAST(at AS DATE))", "EXTRACT(YEAR FROM at)", "EXTRACT(MONTH FROM CAST(at AS DATE))", "EXTRACT(SECOND FROM at)",
        "MOD(order_id, 2)", "MOD(amount, 2)",
    ];

    public static TheoryData<string> AllCalls => [.. Calls];

    [Theory]
    [MemberData(nameof(AllCalls))]
    public void Call_OfEveryForm_HasAKernelOfItsType(string call)
    {
        var project = (LogicalProject)Scripts.PlanSound($"CREATE TABLE t AS SELECT {call} AS x FROM orders").Tables[0].Preview!.Plan;

        new KernelCompiler().Compile(project.Expressions[0]).Type.Should().Be(project.Expressions[0].Type);
    }
}
