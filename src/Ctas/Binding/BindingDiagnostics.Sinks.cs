using Ctas.Text;

namespace Ctas.Binding;

/// <content>Mistakes about sinks.</content>
internal static partial class BindingDiagnostics
{
    public static Diagnostic SinkNotFound(TextSpan span, string name, string? closest) => new(
        "CTAS2150",
        span,
        $"sink \"{name}\" not found",
        closest is not null
            ? $"Did you mean \"{closest}\"?"
            : $"Declare it: CREATE SINK {name} WITH (topic = '…'), or set {name}.topic in WITH.");

    public static Diagnostic SinkWithoutPlace(TextSpan span, string name) => new(
        "CTAS2151", span, $"sink \"{name}\" has no place to write to",
        "Give it a topic with 'topic' = '…' or a file with 'path' = '…'.");

    public static Diagnostic SinkNameTaken(TextSpan span, string name) => new(
        "CTAS2152", span, $"\"{name}\" exists already", "Give the sink another name, or drop the other one first.");
}
