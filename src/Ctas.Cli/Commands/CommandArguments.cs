using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Ctas.Cli.Commands;

/// <summary>Arguments and options that commands share or that need more than a plain type.</summary>
internal static class CommandArguments
{
    private static readonly (string Suffix, TimeSpan Unit)[] TimeUnits =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>The script file.</summary>
    public static Argument<string> Script() => new("script")
    {
        Description = "File with the SQL statements. Relative paths in it start from its folder.",
    };

    /// <summary><c>--bootstrap-servers</c></summary>
    public static Option<string?> BootstrapServers() => new("--bootstrap-servers", "-b")
    {
        Description = "Brokers of topics for which the script names none.",
        HelpName = "host:port,…",
    };

    /// <summary><c>--set</c>, repeatable; pairs of property and value.</summary>
    public static Option<IReadOnlyList<KeyValuePair<string, string>>> Properties() => new("--set", "-s")
    {
        Description = "Sets a property of all statements, for example kafka.security.protocol=SASL_SSL. Repeatable.",
        HelpName = "prop=value",
        Arity = ArgumentArity.ZeroOrMore,
        CustomParser = ParseProperties,
        DefaultValueFactory = _ => [],
    };

    /// <summary>An option that is a time: <c>500ms</c>, <c>90s</c>, <c>5m</c>, <c>1h</c> or <c>00:01:30</c>.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "90s|5m|1h",
        CustomParser = ParseTime,
    };

    /// <summary>An option that is a whole number of at least 1.</summary>
    public static Option<int?> Count(string name, string description)
    {
        return new Option<int?>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string given = result.Tokens[0].Value;
                if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1) { return count; }

                result.AddError($"{name} must be a whole number of at least 1, not \"{given}\".");
                return null;
            },
        };
    }

    /// <summary>An option that is the name of one of some values, see <see cref="Chosen{T}"/>.</summary>
    public static Option<string> Choice<T>(string name, string description, T standard)
        where T : struct, Enum
    {
        string[] choices = [.. Enum.GetNames<T>().Select(choice => choice.ToLowerInvariant())];
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', choices),
            DefaultValueFactory = _ => standard.ToString().ToLowerInvariant(),
        };
        option.Validators.Add(result =>
        {
            foreach (string given in result.Tokens.Select(token => token.Value))
            {
                if (choices.Contains(given, StringComparer.OrdinalIgnoreCase)) { continue; }

                result.AddError($"{name} must be one of {string.Join(", ", choices)}, not \"{given}\".");
            }
        });
        return option;
    }

    /// <summary>The value whose name a choice was given.</summary>
    public static T Chosen<T>(this ParseResult parsed, Option<string> choice)
        where T : struct, Enum => Enum.Parse<T>(parsed.GetRequiredValue(choice), ignoreCase: true);

    private static List<KeyValuePair<string, string>> ParseProperties(ArgumentResult result)
    {
        var properties = new List<KeyValuePair<string, string>>();
        foreach (string given in result.Tokens.Select(token => token.Value))
        {
            int equals = given.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) { properties.Add(new(given[..equals].Trim(), given[(equals + 1)..])); }
            // Not the text itself: it may be a secret.
            else { result.AddError("--set needs a property and a value: --set kafka.client.id=reports"); }
        }

        return properties;
    }

    private static TimeSpan? ParseTime(ArgumentResult result)
    {
        string given = result.Tokens[0].Value;
        if (TryParseTime(given, out TimeSpan time) && time > TimeSpan.Zero) { return time; }

        result.AddError($"\"{given}\" is not a time: write 500ms, 90s, 5m, 1h or 00:01:30.");
        return null;
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        foreach ((string suffix, TimeSpan unit) in TimeUnits)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out double amount)
                && amount <= TimeSpan.FromDays(365) / unit)
            {
                time = amount * unit;
                return true;
            }
        }

        // A bare number would be days.
        time = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time);
    }
}
