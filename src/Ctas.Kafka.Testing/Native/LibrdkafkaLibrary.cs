using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Kafka.Testing.Native;

/// <summary>Finds the native library that the Confluent.Kafka package brings along.</summary>
/// <remarks>
/// The package carries several builds for Linux and the client picks one at run time. The mock cluster talks to
/// clients over loopback TCP, so any build that loads will do, whether or not the client uses the same one.
/// </remarks>
internal static class LibrdkafkaLibrary
{
    /// <summary>The name used in the imports; it stands for whichever build is found.</summary>
    internal const string Name = "librdkafka";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A resolver has to be set before the first import.")]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(LibrdkafkaLibrary).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name) { return 0; }

        foreach (string candidate in Candidates())
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out nint library)) { return library; }
        }

        throw new DllNotFoundException(
            "The native library librdkafka was not found. It comes with the package librdkafka.redist, which " +
            $"Confluent.Kafka depends on; there is none for \"{RuntimeInformation.RuntimeIdentifier}\".");
    }

    private static string[] Candidates()
    {
        if (!OperatingSystem.IsLinux()) { return [Name]; }

        // A glibc build may load on musl and fail later, so musl systems ask for theirs first.
        bool isMusl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);
        return isMusl
            ? ["alpine-librdkafka", Name]
            : [Name, "centos8-librdkafka", "alpine-librdkafka"];
    }
}
