namespace Ctas.IntegrationTests.Loading;

/// <summary>A folder of a test's own for stored snapshots; gone with it.</summary>
internal sealed class SnapshotFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ctas-snapshots-").FullName;

    /// <summary>The files in it, by name.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>The one file of a table.</summary>
    public string FileOf(string table) => System.IO.Path.Combine(Path, table + ".ctas");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
