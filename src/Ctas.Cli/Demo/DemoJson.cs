using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Ctas.Cli.Demo;

/// <summary>The JSON forms of the demo's records. Single-threaded: one buffer serves all records.</summary>
internal sealed class DemoJson
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>The value of a record of topic users.</summary>
    public byte[] Encode(DemoUser user) => Write(user, static (json, user) =>
    {
        json.WriteString("name", user.Name);
        json.WriteString("country", user.Country);
        json.WriteString("tier", user.Tier);
        json.WriteString("signed_up", Iso(user.SignedUp));
    });

    /// <summary>The value of a record of topic products.</summary>
    public byte[] Encode(DemoProduct product) => Write(product, static (json, product) =>
    {
        json.WriteString("name", product.Name);
        json.WriteString("category", product.Category);
        json.WriteNumber("list_price", Euros(product.PriceCents));
    });

    /// <summary>The value of a record of topic orders.</summary>
    public byte[] Encode(DemoOrder order) => Write(order, static (json, order) =>
    {
        json.WriteString("user_id", order.UserId);
        json.WriteString("product_id", order.ProductId);
        json.WriteNumber("quantity", order.Quantity);
        json.WriteNumber("unit_price", Euros(order.UnitPriceCents));
        json.WriteString("status", order.Status);
        json.WriteString("ordered_at", Iso(order.OrderedAt));
    });

    /// <summary>The value of a record of topic payments.</summary>
    public byte[] Encode(DemoPayment payment) => Write(payment, static (json, payment) =>
    {
        json.WriteNumber("payment_id", payment.Id);
        json.WriteString("order_id", payment.OrderId);
        json.WriteString("method", payment.Method);
        json.WriteNumber("amount", Euros(payment.AmountCents));
        json.WriteString("paid_at", Iso(payment.PaidAt));
    });

    /// <summary>An amount of cents as a number with two decimals.</summary>
    public static decimal Euros(long cents) => new decimal(cents) / 100m;

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private byte[] Write<T>(T entity, Action<Utf8JsonWriter, T> writeMembers)
    {
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            writeMembers(json, entity);
            json.WriteEndObject();
        }

        byte[] encoded = _buffer.WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        return encoded;
    }
}
