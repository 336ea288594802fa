using System.Runtime.InteropServices;

using Confluent.Kafka;

namespace Ctas.Kafka.Testing.Native;

/// <summary>The two functions with a variable argument list, called with exactly one entry.</summary>
/// <remarks>
/// Variable arguments are passed like fixed ones, except on Apple's ARM64: there each takes eight bytes on the stack,
/// while fixed ones fill the eight argument registers first. The second form of each import fills those registers
/// with zeros, so that the entry lands on the stack.
/// </remarks>
internal static partial class Librdkafka
{
    private static bool VariadicOnStack =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static ErrorCode PushBrokerFault(
        MockClusterHandle cluster, int broker, short apiKey, ErrorCode error, int delayMilliseconds) =>
        VariadicOnStack
            ? PushBrokerFaultOnStack(cluster, broker, apiKey, 1, 0, 0, 0, 0, (long)error, delayMilliseconds)
            : PushBrokerFaultInRegisters(cluster, broker, apiKey, 1, error, delayMilliseconds);

    internal static ErrorCode PushPartitionError(
        MockClusterHandle cluster, string topic, int partition, short apiKey, ErrorCode error) =>
        VariadicOnStack
            ? PushPartitionErrorOnStack(cluster, topic, partition, apiKey, 1, 0, 0, 0, (long)error)
            : PushPartitionErrorInRegisters(cluster, topic, partition, apiKey, 1, error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_push_request_error_rtts")]
    private static partial ErrorCode PushBrokerFaultInRegisters(
        MockClusterHandle cluster, int broker, short apiKey, nuint count, ErrorCode error, int delay);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_push_request_error_rtts")]
    private static partial ErrorCode PushBrokerFaultOnStack(
        MockClusterHandle cluster, int broker, short apiKey, nuint count,
        nint register4, nint register5, nint register6, nint register7, long error, long delay);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_push_request_errors", StringMarshalling = Utf8)]
    private static partial ErrorCode PushPartitionErrorInRegisters(
        MockClusterHandle cluster, string topic, int partition, short apiKey, nuint count, ErrorCode error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_push_request_errors", StringMarshalling = Utf8)]
    private static partial ErrorCode PushPartitionErrorOnStack(
        MockClusterHandle cluster, string topic, int partition, short apiKey, nuint count,
        nint register5, nint register6, nint register7, long error);
}
