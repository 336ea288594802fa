using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ctas.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ctas.Binding.Properties;

/// <summary>A property from a config file.</summary>
/// <param name="Name">Nested keys joined by dots.</param>
/// <param name="Value">As text, variables replaced.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Folder">That file's folder, where its relative paths start.</param>
internal sealed record ConfigEntry(string Name, string Value, string File, string Folder);

/// <summary>
/// Reads a config file: YAML, or JSON (<c>.json</c>); nested or dotted keys; <c>extends:</c> names one file or a
/// list of
/// files whose properties count where this one says nothing; <c>${NAME}</c> is an environment variable.
/// </summary>
internal sealed partial class ConfigFile
{
    private const string Extends = "extends";

    private readonly TextSpan _span;
    private readonly Func<string, string?> _environment;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<string> _open = [];
    private readonly Dictionary<string, ConfigEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    private ConfigFile(TextSpan span, Func<string, string?> environment, DiagnosticBag diagnostics) =>
        (_span, _environment, _diagnostics) = (span, environment, diagnostics);

    /// <summary>
    /// All properties of the file and of those it extends, in the order of reading; mistakes are reported.
    /// </summary>
    /// <param name="path">The full path.</param>
    /// <param name="span">Where SQL names the file.</param>
    /// <param name="environment">Looks up variables.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    public static IReadOnlyList<ConfigEntry> Read(
        string path, TextSpan span, Func<string, string?> environment, DiagnosticBag diagnostics)
    {
        var file = new ConfigFile(span, environment, diagnostics);
        file.ReadOne(path);
        return [.. file._entries.Values];
    }

    private void ReadOne(string path)
    {
        int open = _open.IndexOf(path);
        if (open >= 0)
        {
            _diagnostics.Add(
                BindingDiagnostics.ConfigCycle(_span, _open[open..].Append(path).Select(p => Path.GetFileName(p)!)));
            return;
        }

        if (Load(path) is not { } values) { return; }

        _open.Add(path);
        string folder = Path.GetDirectoryName(path)!;
        foreach ((string name, string text) in values.Where(value => !IsExtends(value.Name)))
        {
            // What is there already was said by a file that extends this one.
            if (!_entries.ContainsKey(name))
            {
                _entries.Add(name, new ConfigEntry(name, WithVariables(text, path), path, folder));
            }
        }

        foreach ((_, string text) in values.Where(value => IsExtends(value.Name)))
        {
            foreach (string parent in WithVariables(text, path).Split(',', StringSplitOptions.TrimEntries))
            {
                ReadOne(Path.GetFullPath(Path.Combine(folder, parent)));
            }
        }

        _open.RemoveAt(_open.Count - 1);
    }

    private static bool IsExtends(string name) => string.Equals(name, Extends, StringComparison.OrdinalIgnoreCase);

    private List<(string Name, string Text)>? Load(string path)
    {
        List<(string, string)> values = [];
        try
        {
            string text = File.ReadAllText(path);
            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                var options = new JsonDocumentOptions
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                };
                using var document = JsonDocument.Parse(text, options);
                AddJson(values, prefix: "", document.RootElement);
            }
            else
            {
                var stream = new YamlStream();
                stream.Load(new StringReader(text));
                if (stream.Documents.Count > 0) { AddYaml(values, prefix: "", stream.Documents[0].RootNode); }
            }

            return values;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return NotRead(path, "was not found");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotRead(path, "could not be read");
        }
        catch (YamlException e)
        {
            return NotRead(
                path, string.Create(CultureInfo.InvariantCulture, $"is not YAML, see its line {e.Start.Line}"));
        }
        catch (InvalidOperationException)
        {
            // What the YAML reader throws for some malformed flow collections.
            return NotRead(path, "is not YAML");
        }
        catch (JsonException e)
        {
            return NotRead(
                path, string.Create(CultureInfo.InvariantCulture, $"is not JSON, see its line {e.LineNumber + 1}"));
        }
    }

    private List<(string, string)>? NotRead(string path, string reason)
    {
        _diagnostics.Add(BindingDiagnostics.ConfigNotRead(_span, path, reason));
        return null;
    }

    private static void AddYaml(List<(string, string)> values, string prefix, YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach ((YamlNode key, YamlNode value) in mapping.Children)
                {
                    AddYaml(values, Joined(prefix, key.ToString()), value);
                }

                break;
            case YamlSequenceNode sequence:
                values.Add((prefix, string.Join(',', sequence.Children.Select(child => child.ToString()))));
                break;
            case YamlScalarNode scalar when prefix.Length > 0:
                values.Add((prefix, scalar.Value ?? ""));
                break;
        }
    }

    private static void AddJson(List<(string, string)> values, string prefix, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    AddJson(values, Joined(prefix, property.Name), property.Value);
                }

                break;
            case JsonValueKind.Array:
                values.Add((prefix, string.Join(',', element.EnumerateArray().Select(item => item.ToString()))));
                break;
            default:
                if (prefix.Length > 0) { values.Add((prefix, element.ToString())); }

                break;
        }
    }

    private static string Joined(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private string WithVariables(string text, string path) => Variable().Replace(text, match =>
    {
        string name = match.Groups[1].Value;
        if (_environment(name) is { } value) { return value; }

        _diagnostics.Add(BindingDiagnostics.VariableNotSet(_span, Path.GetFileName(path), name));
        return match.Value;
    });

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
