using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning;
using static Ctas.Tests.Execution.Sql;

namespace Ctas.Tests.Execution.Incremental;

public sealed class MaintainedJoinTests
{
    private readonly LogicalScan _left = new TestTable("l", ("k", DataType.Int), ("a", DataType.Int)).Scan;
    private readonly LogicalScan _right = new TestTable("r", ("k", DataType.Int), ("b", DataType.Int)).Scan;

    [Fact]
    public void Inner_ChangesOfBothSidesInOneTick_GiveThePairsThatAreThereAfterIt()
    {
        Maintained join = Start(JoinKind.Inner);

        join.Change(_left, "+1|10").Change(_right, "+1|20", "+1|21").Tick().Should().Equal("+1|10|1|20", "+1|10|1|21");
        join.Change(_left, "-1|10", "+1|11").Change(_right, "-1|20").Tick()
            .Should().Equal("+1|11|1|21", "-1|10|1|20", "-1|10|1|21");
    }

    [Fact]
    public void Left_FirstMatchComesAndLastGoes_TheNullExtendedRowGoesAndComesBack()
    {
        Maintained join = Start(JoinKind.Left);

        join.Change(_left, "+1|10", "+NULL|5").Tick().Should().Equal("+1|10|NULL|NULL", "+NULL|5|NULL|NULL");
        join.Change(_right, "+1|20").Tick().Should().Equal("+1|10|1|20", "-1|10|NULL|NULL");
        join.Change(_right, "+1|21").Tick().Should().Equal("+1|10|1|21");
        join.Change(_right, "-1|20", "-1|21").Tick().Should().Equal("+1|10|NULL|NULL", "-1|10|1|20", "-1|10|1|21");
    }

    [Fact]
    public void Full_WithCondition_BothSidesFollowTheirMatches()
    {
        Maintained join = Start(JoinKind.Full, residual: true);

        join.Change(_left, "+1|10").Change(_right, "+1|20").Tick().Should().Equal("+1|10|NULL|NULL", "+NULL|NULL|1|20");
        join.Change(_left, "+1|30").Tick().Should().Equal("+1|30|1|20", "-NULL|NULL|1|20");
        join.Change(_right, "+1|5").Tick().Should().Equal("+1|10|1|5", "+1|30|1|5", "-1|10|NULL|NULL");
        join.Change(_left, "-1|30").Tick().Should().Equal("+NULL|NULL|1|20", "-1|30|1|20", "-1|30|1|5");
    }

    [Fact]
    public void Semi_MoreMatchesOfOneRow_ChangeNothing()
    {
        Maintained join = Start(JoinKind.Semi);

        join.Change(_left, "+1|10", "+1|10").Change(_right, "+1|20").Tick().Should().Equal("+1|10", "+1|10");
        join.Change(_right, "+1|21", "-1|20").Tick().Should().BeEmpty();
        join.Change(_right, "-1|21").Tick().Should().Equal("-1|10", "-1|10");
    }

    [Fact]
    public void Anti_NullAware_ANullOnTheRightLeavesNothing()
    {
        Maintained join = Start(JoinKind.Anti, nullAware: true);

        join.Change(_left, "+1|10", "+2|20", "+NULL|30").Tick().Should().Equal("+1|10", "+2|20", "+NULL|30");
        join.Change(_right, "+1|0").Tick().Should().Equal("-1|10", "-NULL|30");
        join.Change(_right, "+NULL|0").Tick().Should().Equal("-2|20");
        join.Change(_right, "-1|0", "-NULL|0").Tick().Should().Equal("+1|10", "+2|20", "+NULL|30");
    }

    [Fact]
    public void Mark_NullAware_TellsTrueFalseAndNull()
    {
        Maintained join = Start(JoinKind.Mark, nullAware: true);

        join.Change(_left, "+1|10", "+2|20").Change(_right, "+1|0").Tick().Should().Equal("+1|10|True", "+2|20|False");
        join.Change(_right, "+NULL|0").Tick().Should().Equal("+2|20|NULL", "-2|20|False");
    }

    [Fact]
    public void Single_SecondMatch_FailsTheTickAndNothingOfItStays()
    {
        Maintained join = Start(JoinKind.Single);
        join.Change(_left, "+1|10").Change(_right, "+1|20").Tick().Should().Equal("+1|10|1|20");

        join.Change(_left, "+2|20", "+1|11").Change(_right, "+1|21").Invoking(it => it.Complete()).Should().Throw<ExecutionException>().WithMessage("CTAS5004*");
        join.Query.Rollback();

        join.Change(_right, "-1|20", "+1|21").Tick().Should().Equal("+1|10|1|21", "-1|10|1|20");
    }

    [Fact]
    public void Retraction_OfARowThatIsNotThere_IsABugThatNamesNodeAndRow()
    {
        Maintained join = Start(JoinKind.Inner);
        join.Change(_left, "+1|10").Tick();

        join.Change(_left, "-1|11").Invoking(it => it.Complete()).Should().Throw<UnreachableException>()
            .WithMessage("A row that is not there was retracted, at *: {k: 1, a: 11}.");
    }

    private Maintained Start(JoinKind kind, bool residual = false, bool nullAware = false)
    {
        ScalarExpression? condition = residual
            ? Greater(new ColumnReference(1, DataType.Int), new ColumnReference(3, DataType.Int))
            : null;
        ScalarExpression[] key = [new ColumnReference(0, DataType.Int)];
        LogicalJoin join = _left.Join(kind, _right, key, key, condition) with { IsNullAware = nullAware };
        IEnumerable<Field> left = _left.Schema.Fields;
        Schema schema = kind switch
        {
            JoinKind.Semi or JoinKind.Anti => _left.Schema,
            JoinKind.Mark => new Schema(left.Append(new Field("mark", DataType.Boolean))),
            _ => join.Schema,
        };
        return new Maintained(join with { Schema = schema });
    }
}
