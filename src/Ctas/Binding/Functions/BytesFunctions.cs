namespace Ctas.Binding.Functions;

/// <summary>Numbers of their bytes, as records of format KAFKA hold them.</summary>
internal static class BytesFunctions
{
    private const string Order = "Big-endian, unless the second argument is 'LITTLE_ENDIAN'; another number of bytes is an error.";

    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("INT_FROM_BYTES", "bytes BYTES [, order VARCHAR] -> INT")
        {
            Meaning = $"The INT of four bytes. {Order}",
            Example = new("INT_FROM_BYTES(x'00000102')", "258"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.OneOf(1, "BIG_ENDIAN", "LITTLE_ENDIAN")],
        },
        new("BIGINT_FROM_BYTES", "bytes BYTES [, order VARCHAR] -> BIGINT")
        {
            Meaning = $"The BIGINT of eight bytes. {Order}",
            Example = new("BIGINT_FROM_BYTES(x'0201000000000000', 'LITTLE_ENDIAN')", "258"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.OneOf(1, "BIG_ENDIAN", "LITTLE_ENDIAN")],
        },
        new("DOUBLE_FROM_BYTES", "bytes BYTES [, order VARCHAR] -> DOUBLE")
        {
            Meaning = $"The DOUBLE of eight bytes. {Order}",
            Example = new("DOUBLE_FROM_BYTES(x'3ff8000000000000')", "1.5"),
            Heritage = Heritage.KsqlDb,
            Checks = [ConstantChecks.OneOf(1, "BIG_ENDIAN", "LITTLE_ENDIAN")],
        },
    ];
}
