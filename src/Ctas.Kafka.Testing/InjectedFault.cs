using Confluent.Kafka;

namespace Ctas.Kafka.Testing;

/// <summary>How one request is answered: with an error, late, or both.</summary>
/// <param name="Error">
/// The error of the answer; <see cref="ErrorCode.NoError"/> answers properly;
/// <see cref="ErrorCode.Local_Transport"/> cuts the connection instead of answering.
/// </param>
/// <param name="Delay">How long the answer is held back; whole milliseconds, zero for none.</param>
public readonly record struct InjectedFault(ErrorCode Error, TimeSpan Delay = default);
