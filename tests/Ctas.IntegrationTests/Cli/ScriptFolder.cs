namespace Ctas.IntegrationTests.Cli;

/// <summary>A folder for the files of one test.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ctas-test-");

    /// <summary>Writes a file and returns its full path.</summary>
    public string Write(string text, string name = "script.sql")
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
