using System.Globalization;

namespace Ctas.SqlTests.Oracle;

/// <summary>Settings of a run, from the environment.</summary>
internal static class OracleSettings
{
    public static int Get(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
