using System.Runtime.CompilerServices;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

/// <summary>What observers of a sequence are told, and what not.</summary>
public sealed class ObservableSequenceTests
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Subscribe_SequenceThatEnds_GivesEachOnceAndCompletes()
    {
        var observer = new RecordingObserver<int>();

        using IDisposable subscription = Numbers(3).Subscribe(observer);

        (await observer.TakeAsync(4)).Should().Equal("next 0", "next 1", "next 2", "completed");
    }

    [Fact]
    public async Task Subscribe_Twice_EachReadsFromTheBeginning()
    {
        ObservableSequence<int> numbers = Numbers(2);
        var first = new RecordingObserver<int>();
        var second = new RecordingObserver<int>();

        using IDisposable one = numbers.Subscribe(first);
        (await first.TakeAsync(3)).Should().Equal("next 0", "next 1", "completed");
        using IDisposable other = numbers.Subscribe(second);

        (await second.TakeAsync(3)).Should().Equal("next 0", "next 1", "completed");
    }

    [Fact]
    public async Task Subscribe_SequenceThatFails_IsAnErrorAndNothingAfter()
    {
        var observer = new RecordingObserver<int>();

        using IDisposable subscription = Numbers(1, new InvalidOperationException("gone")).Subscribe(observer);

        (await observer.TakeAsync(2)).Should().Equal("next 0", "error gone");
        await _ended.Task.WaitAsync(RecordingObserver.HangGuard);
        observer.IsSilent.Should().BeTrue();
    }

    [Fact]
    public async Task Subscribe_SequenceThatCannotBegin_IsAnError()
    {
        var observer = new RecordingObserver<int>();

        using IDisposable subscription = new ObservableSequence<int>(_ => throw new ArgumentException("no such version")).Subscribe(observer);

        (await observer.TakeAsync(1)).Should().Equal("error no such version");
    }

    [Fact]
    public async Task Dispose_WithinOnNext_LeavesTheSequenceWithoutAWord()
    {
        var subscribed = new TaskCompletionSource<IDisposable>();
        var observer = new RecordingObserver<int> { OnNext = _ => subscribed.Task.Result.Dispose() };

        subscribed.SetResult(Numbers(int.MaxValue).Subscribe(observer));

        (await observer.TakeAsync(1)).Should().Equal("next 0");
        await _ended.Task.WaitAsync(RecordingObserver.HangGuard);
        observer.IsSilent.Should().BeTrue();
    }

    [Fact]
    public async Task Dispose_WhileNothingComes_EndsTheWait()
    {
        var observer = new RecordingObserver<int>();
        IDisposable subscription = new ObservableSequence<int>(WaitForEver).Subscribe(observer);
        (await observer.TakeAsync(1)).Should().Equal("next 0");

        subscription.Dispose();

        await _ended.Task.WaitAsync(RecordingObserver.HangGuard);
        observer.IsSilent.Should().BeTrue();
    }

    [Fact]
    public async Task OnNext_ThatThrows_IsTheErrorOfItsOwnSubscription()
    {
        var observer = new RecordingObserver<int> { OnNext = number => throw new InvalidOperationException($"no room for {number}") };

        using IDisposable subscription = Numbers(int.MaxValue).Subscribe(observer);

        (await observer.TakeAsync(2)).Should().Equal("next 0", "error no room for 0");
        await _ended.Task.WaitAsync(RecordingObserver.HangGuard);
    }

    [Fact]
    public async Task OnError_ThatThrows_IsNotToldOfThatAgain()
    {
        var observer = new RecordingObserver<int>
        {
            OnNext = number => throw new InvalidOperationException($"no room for {number}"),
            OnError = error => throw new InvalidOperationException("nor for " + error.Message, error),
        };

        using IDisposable subscription = Numbers(int.MaxValue).Subscribe(observer);

        (await observer.TakeAsync(2)).Should().Equal("next 0", "error no room for 0");
        await _ended.Task.WaitAsync(RecordingObserver.HangGuard);
        observer.IsSilent.Should().BeTrue();
    }

    private ObservableSequence<int> Numbers(int count, Exception? error = null) => new(leaving => CountAsync(count, error, leaving));

    private async IAsyncEnumerable<int> CountAsync(int count, Exception? error, [EnumeratorCancellation] CancellationToken leaving)
    {
        try
        {
            for (int number = 0; number < count; number++)
            {
                await Task.Yield();
                yield return number;
            }

            if (error is not null) { throw error; }
        }
        finally { _ended.TrySetResult(); }
    }

    private async IAsyncEnumerable<int> WaitForEver([EnumeratorCancellation] CancellationToken leaving)
    {
        yield return 0;
        try { await new TaskCompletionSource().Task.WaitAsync(leaving); }
        finally { _ended.TrySetResult(); }
    }
}
