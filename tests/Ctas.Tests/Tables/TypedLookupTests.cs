using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

public sealed class TypedLookupTests
{
    private static readonly Schema Orders = new(
        [
            new Field("order_id", DataType.Varchar), new Field("QUANTITY", DataType.Int),
            new Field("note", DataType.Varchar), new Field("created_at", DataType.Timestamp),
        ], 0);

    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private sealed record Order(string OrderId, long Quantity, string? Note, DateTimeOffset CreatedAt);

    private sealed record OrderWithDefault(string OrderId, int Discount = 7);

    private sealed record StrictOrder(string OrderId, string Note);

    private sealed record MissingOrder(string OrderId, string Customer);

    private sealed record MistypedOrder(string OrderId, int Note);

    private sealed class OrderEntity
    {
        public string OrderId { get; set; } = "";

        public int? Quantity { get; set; }

        public string Untouched { get; set; } = "kept";
    }

    private sealed class DemandingEntity
    {
        public required string Customer { get; set; }
    }

    private static ITable Table(TableModel model = TableModel.Standard) => TestTable.Create(
        model, Orders, ["a", 3, "first", Noon], ["b", null, null, Noon]);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Get_Record_MatchesNamesAndWidensNumbers(TableModel model) =>
        Table(model).Get<Order>("a").Should().Be(new Order("a", 3, "first", new DateTimeOffset(Noon)));

    [Fact]
    public void Get_Class_SetsPropertiesThatHaveAColumn()
    {
        OrderEntity order = Table().Get<OrderEntity>("b");

        order.OrderId.Should().Be("b");
        order.Quantity.Should().BeNull();
        order.Untouched.Should().Be("kept");
    }

    [Fact]
    public void Get_ParameterWithDefault_MayLackAColumn() =>
        Table().Get<OrderWithDefault>("a").Discount.Should().Be(7);

    [Fact]
    public void Get_MissingKey_NamesTableAndKey() =>
        FluentActions.Invoking(() => Table().Get<Order>("nobody")).Should().Throw<KeyNotFoundException>()
            .WithMessage("Table \"t\" has no row with key 'nobody'.");

    [Fact]
    public void TryGet_Typed_TellsWhetherThereIsARow()
    {
        Table().TryGet("a", out Order? found).Should().BeTrue();
        found!.Quantity.Should().Be(3);
        Table().TryGet("nobody", out Order? missing).Should().BeFalse();
        missing.Should().BeNull();
    }

    [Fact]
    public void Get_NullIntoNonNullable_NamesColumnAndMember()
    {
        FluentActions.Invoking(() => Table().Get<Order>("b")).Should().Throw<InvalidOperationException>()
            .WithMessage("Column \"QUANTITY\" of table \"t\" is NULL, and Order.Quantity cannot hold null.");
        FluentActions.Invoking(() => Table().Get<StrictOrder>("b")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"note\"*StrictOrder.Note cannot hold null.");
    }

    [Fact]
    public void Get_TypeThatDoesNotFit_NamesColumnAndMember() =>
        FluentActions.Invoking(() => Table().Get<MistypedOrder>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("Column \"note\" of table \"t\" is VARCHAR and does not fit into MistypedOrder.Note, *Int32.");

    [Fact]
    public void Get_MemberWithoutColumn_NamesMemberAndColumns()
    {
        FluentActions.Invoking(() => Table().Get<MissingOrder>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("*\"t\" cannot be read as MissingOrder*\"Customer\"*order_id VARCHAR KEY*");
        FluentActions.Invoking(() => Table().Get<DemandingEntity>("a")).Should().Throw<InvalidOperationException>()
            .WithMessage("*DemandingEntity*\"Customer\"*");
    }

    [Fact]
    public void GetMapper_SameType_IsMadeOnce()
    {
        ITable table = Table();
        table.GetMapper<Order>().Should().BeSameAs(table.GetMapper<Order>());
        table.Rows.Select(table.GetMapper<OrderEntity>()).Select(order => order.OrderId)
            .Should().BeEquivalentTo("a", "b");
    }
}
