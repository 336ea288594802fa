using System.Diagnostics.CodeAnalysis;
using System.Reflection;

using Confluent.Kafka;

using Ctas.Kafka.Native;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>What a trimmed application keeps of the Kafka client.</summary>
public sealed class LibrdkafkaLibraryTests
{
    [Fact]
    public void Register_TypesThatTheClientFindsByReflection_AreKeptFromBeingTrimmed()
    {
        Assembly client = typeof(ProducerConfig).Assembly;
        MethodInfo register = typeof(LibrdkafkaLibrary).GetMethod("Register", BindingFlags.NonPublic | BindingFlags.Static)!;

        DynamicDependencyAttribute[] kept = [.. register.GetCustomAttributes<DynamicDependencyAttribute>()];

        kept.Should().OnlyContain(dependency => dependency.AssemblyName == client.GetName().Name);
        kept.Select(dependency => dependency.TypeName).Should().BeEquivalentTo(
            client.GetTypes().Where(type => type.Namespace == "Confluent.Kafka.Impl.NativeMethods").Select(type => type.FullName));
    }
}
