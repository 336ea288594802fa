namespace Ctas.Cli.Commands;

/// <summary>The script that a command was given.</summary>
internal static class ScriptFile
{
    /// <summary>True when the file can be read; otherwise standard error says why not.</summary>
    public static bool Check(string path, Terminal terminal)
    {
        string? mistake = null;
        if (Directory.Exists(path)) { mistake = "is a folder"; }
        else if (!File.Exists(path)) { mistake = "was not found"; }
        else
        {
            try { File.OpenRead(path).Dispose(); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                mistake = $"could not be read: {e.Message}";
            }
        }

        if (mistake is not null) { terminal.Error.WriteLine($"ctas: script \"{path}\" {mistake}"); }

        return mistake is null;
    }
}
