using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Kafka.Native;

/// <summary>Finds the native library that the Confluent.Kafka package brings along.</summary>
/// <remarks>The package carries several builds for Linux, of which one fits the C library of the system.</remarks>
internal static class LibrdkafkaLibrary
{
    /// <summary>The name used in the imports; it stands for whichever build is found.</summary>
    internal const string Name = "librdkafka";

    // Confluent.Kafka finds its imports by reflection: a trimmed or native application would be without them.
    private const string ClientAssembly = "Confluent.Kafka";
    private const DynamicallyAccessedMemberTypes ImportMembers =
        DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods;
    private const string Imports = "Confluent.Kafka.Impl.NativeMethods.NativeMethods";

    [ModuleInitializer]
    [DynamicDependency(ImportMembers, Imports, ClientAssembly)]
    [DynamicDependency(ImportMembers, Imports + "_Alpine", ClientAssembly)]
    [DynamicDependency(ImportMembers, Imports + "_Centos8", ClientAssembly)]
    [SuppressMessage("Usage", "CA2255", Justification = "A resolver has to be set before the first import.")]
    internal static void Register() => RegisterFor(typeof(LibrdkafkaLibrary).Assembly);

    /// <summary>Makes the imports of an assembly find the library. To be called once for each assembly.</summary>
    internal static void RegisterFor(Assembly assembly) => NativeLibrary.SetDllImportResolver(assembly, Resolve);

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
