using System.Globalization;
using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>The text-heavy shape: profiles of people, about 500 bytes of JSON.</summary>
internal sealed record ProfileRow(
    string Id, string Name, string Mail, string Phone, string Country, string City, string Site, DateTime Joined,
    long Followers, double Score, string Bio, string? Motto)
{
    private static readonly string[] Names =
        "Ada Grace Alan Edsger Barbara Donald Leslie Tony Frances John Katherine Niklaus Radia Ken Margaret Dennis Anita Robin Jean Linus"
            .Split(' ');

    private static readonly string[] Families =
        "Meyer Okafor Rossi Nguyen Silva Johansson Kowalski Haddad Tanaka Garcia Novak Petrov Dubois Schmidt Murphy Kim Singh Costa Weber Ito"
            .Split(' ');

    private static readonly string[] Words =
        ("the of and a to in is you that it he was for on are as with his they I at be this have from or one had by word but not what "
            + "all were we when your can said there use an each which she do how their if will up other about out many then them these so "
            + "some her would make like him into time has look two more write go see number no way could people my than first water been "
            + "call who oil its now find long down day did get come made may part over new sound take only little work know place years "
            + "live me back give most very after things our just name good sentence man think say great where help through much before "
            + "line right too means old any same tell boy follow came want show also around form three small set put end does another "
            + "coffee music travel football engineering photography mountains distributed systems databases gardening philosophy").Split(' ');

    /// <summary>The columns; the first is the key.</summary>
    public static Schema Columns { get; } = new(
    [
        Text("id"), Text("name"), Text("mail"), Text("phone"), Text("country"), Text("city"), Text("site"),
        new("joined", DataType.Timestamp), new("followers", DataType.BigInt), new("score", DataType.Double), Text("bio"), Text("motto"),
    ]);

    /// <summary>Rows with random identifiers and texts of common words.</summary>
    public static IEnumerable<ProfileRow> Generate(int count)
    {
        var random = new Random(5);
        byte[] id = new byte[16];
        for (int row = 0; row < count; row++)
        {
            random.NextBytes(id);
            string first = Names[random.Next(Names.Length)], last = Families[random.Next(Families.Length)];
            string handle = Invariant($"{first.ToLowerInvariant()}.{last.ToLowerInvariant()}{random.Next(10_000)}");
            yield return new ProfileRow(
                new Guid(id).ToString(), $"{first} {last}", $"{handle}@example.com", Invariant($"+49 170 {random.Next(10_000_000):d7}"),
                Invariant($"country-{(int)(random.NextDouble() * random.NextDouble() * 60)}"), Invariant($"city-{random.Next(4000)}"),
                $"https://www.example.com/people/{handle}",
                new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(300_000_000)),
                (long)Math.Exp(random.NextDouble() * 12), random.NextDouble(), Sentence(random, random.Next(15, 60)),
                random.Next(4) == 0 ? null : Sentence(random, random.Next(3, 9)));
        }
    }

    /// <summary>The values in order.</summary>
    public object?[] Values() => [Id, Name, Mail, Phone, Country, City, Site, Joined, Followers, Score, Bio, Motto];

    private static string Sentence(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[(int)(random.NextDouble() * random.NextDouble() * Words.Length)])) + ".";

    private static Field Text(string name) => new(name, DataType.Varchar);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
