using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Maintenance;

/// <summary>A stream of money that moves from payer to payee.</summary>
internal static class TransferStream
{
    /// <summary>An empty stream in memory.</summary>
    public static InMemorySource In(int partitions) => new(
        new SourceDefinition("transfers", new InMemoryLocation("transfers"))
        {
            Columns =
            [
                new SourceColumn("payer", DataType.BigInt), new SourceColumn("payee", DataType.BigInt),
                new SourceColumn("amount", DataType.BigInt),
            ],
            Mode = ReadMode.Append,
            BatchRows = 100,
        },
        partitions);
}
