using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

using Ctas.Kafka.Native;

namespace Ctas.Kafka.Testing.Native;

/// <summary>Lets the imports of this assembly find librdkafka.</summary>
/// <remarks>
/// The mock cluster talks to clients over loopback TCP, so any build that loads will do, whether or not the client
/// uses the same one.
/// </remarks>
internal static class LibraryRegistration
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A resolver has to be set before the first import.")]
    internal static void Register() => LibrdkafkaLibrary.RegisterFor(typeof(LibraryRegistration).Assembly);
}
