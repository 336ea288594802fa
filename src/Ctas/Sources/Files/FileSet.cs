using Ctas.Text;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Ctas.Sources.Files;

/// <summary>The files a path or glob names at this moment.</summary>
internal static class FileSet
{
    /// <summary>Full paths, sorted; at least one.</summary>
    /// <param name="source">The source's name, for the failure.</param>
    /// <param name="path">A path, or a glob with <c>*</c> and <c>**</c>.</param>
    /// <exception cref="SourceException">Nothing is there.</exception>
    public static IReadOnlyList<string> Find(string source, string path)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full)) { return [full]; }

        if (Directory.Exists(full))
        {
            throw NotFound(source, $"\"{full}\" is a folder; name its files, such as \"{Path.Join(full, "*.ndjson")}\"");
        }

        return full.Contains('*') ? Match(source, full) : throw NotFound(source, $"file \"{full}\" not found{Hint(full)}");
    }

    private static string[] Match(string source, string glob)
    {
        // The folder before the first wildcard is where the search starts.
        int folderEnd = glob.LastIndexOf(Path.DirectorySeparatorChar, glob.IndexOf('*'));
        string folder = folderEnd <= 0 ? Path.GetPathRoot(glob)! : glob[..folderEnd];
        if (!Directory.Exists(folder))
        {
            throw NotFound(source, $"folder \"{folder}\" of \"{glob}\" not found{Hint(folder)}");
        }

        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(glob[(folderEnd + 1)..]);
        string[] files =
            [.. matcher.GetResultsInFullPath(folder).Select(Path.GetFullPath).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw NotFound(source, $"no file matches \"{glob}\"{Contents(folder)}");
    }

    private static string Hint(string missing)
    {
        string? folder = Path.GetDirectoryName(missing);
        if (folder is null) { return ""; }

        if (!Directory.Exists(folder)) { return $"; there is no folder \"{folder}\""; }

        string? closest = ClosestName.Find(
            Path.GetFileName(missing), Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)));
        return closest is null ? Contents(folder) : $"; did you mean \"{closest}\"?";
    }

    private static string Contents(string folder)
    {
        string[] names =
            [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        return names.Length == 0
            ? "; the folder holds no files"
            : $"; the folder holds {string.Join(", ", names.Take(5))}{(names.Length > 5 ? ", …" : "")}";
    }

    private static SourceException NotFound(string source, string message) => new(source, message, isTransient: false);
}
