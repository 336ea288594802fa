using Ctas.Loading;
using Ctas.Planning;
using Ctas.Tables;

namespace Ctas;

/// <summary>Runs the statements about sinks that change something.</summary>
internal static class SinkStatements
{
    /// <summary>Drops a sink, with CASCADE the table that writes to it first; its name is free when the statement has run.</summary>
    /// <exception cref="TableRegistrationException">A table writes to it.</exception>
    public static async Task DropAsync(DropSinkStatement drop, LoadServices services, CancellationToken cancellationToken)
    {
        if (WriterOf(drop.Name, services) is not { } writer) { return; }

        if (!drop.Cascade)
        {
            throw new TableRegistrationException(
                writer.Name,
                TableRegistrationError.DependentsExist,
                $"sink \"{drop.Name}\" cannot be dropped while table \"{writer.Name}\" writes to it; CASCADE drops the table too");
        }

        await LiveTables.DropAsync(writer.Name, cascade: true, services, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The table that writes to a sink; null when none does.</summary>
    public static TableMetadata? WriterOf(string sink, LoadServices services) => services.Registry.Tables
        .FirstOrDefault(table => string.Equals(table.Sink, sink, StringComparison.OrdinalIgnoreCase));
}
