using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A running stream that is cut from outside, against everything else that can end it in the same moment: one of them says how it ended, and the reader hears the same.</summary>
public sealed class CutByTheSwitchTests : IDisposable
{
    private const string Chunk = "data: {\"id\":\"gen-1\",\"model\":\"m\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private const string Usage = "data: {\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"cost\":0.25}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly KillSwitchActiveException Stop = new(new KillSwitchState { IsActive = true, Reason = "runaway" });
    private static readonly ExpectedCall Cut = new(AiCallStatus.Cancelled, 200, "gen-1", "P", "m", Error: "failure=KillSwitch");
    private static readonly ExpectedCall Whole = new(AiCallStatus.Ok, 200, "gen-1", "P", "m", 3, 2, CostUsd: 0.25m);

    private readonly FakeTimeProvider _time = new();
    private readonly LiveStream _upstream = new();
    private readonly byte[] _buffer = new byte[4096];
    private ModelCallContext? _call;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task WhileARead_IsPending()
    {
        using InMemoryCall call = Start(Chunk);
        Task<WireResult> reading = call.RunAsync(Ct);
        await _upstream.WhenReaderWaitsAsync(Ct);

        CutNow();
        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.Same(Stop, result.Failure);
        Assert.Equal(Cut, result.Call);
        Assert.True(_upstream.IsAborted && _upstream.IsDisposed);
    }

    [Fact]
    public async Task WhileTheReader_Pauses()
    {
        // Two events at once, and a reader that takes a few bytes at a time: what is left of them is not delivered any more.
        using InMemoryCall call = Start(Chunk + Chunk);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(10, await reader.ReadAsync(_buffer.AsMemory(0, 10), Ct));

        CutNow();

        // Nobody reads, and connection and record are as they should be.
        Assert.True(_upstream.IsAborted && _upstream.IsDisposed);
        await call.Ledger.Asked.WaitAsync(Bound, Ct);
        Assert.Equal(Cut, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
        for (int again = 0; again < 2; again++)
        {
            Assert.Same(Stop, await Assert.ThrowsAsync<KillSwitchActiveException>(() => reader.ReadAsync(_buffer, Ct).AsTask()));
        }
    }

    [Fact]
    public async Task AfterTheUsageCame_TheCostIsKnown()
    {
        using InMemoryCall call = Start(Chunk + Usage);
        Task<WireResult> reading = call.RunAsync(Ct);
        await _upstream.WhenReaderWaitsAsync(Ct);

        CutNow();

        Assert.Equal(Cut with { Prompt = 3, Completion = 2, CostUsd = 0.25m }, (await reading.WaitAsync(Bound, Ct)).Call);
    }

    [Fact]
    public async Task AtTheHeldBytes_TheAnswerIsWhole()
    {
        using InMemoryCall call = Start(Chunk + Usage + Done);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(Chunk.Length, await reader.ReadAsync(_buffer, Ct));
        Assert.Equal(Usage.Length, await reader.ReadAsync(_buffer, Ct));

        CutNow();

        Assert.Equal(Done.Length, await reader.ReadAsync(_buffer, Ct));
        Assert.Equal(0, await reader.ReadAsync(_buffer, Ct));
        Assert.Equal(Whole, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Fact]
    public async Task InTheMiddleOfTheCommit_TheCommitWins()
    {
        var durable = new TaskCompletionSource();
        using InMemoryCall call = Start(Chunk + Usage + Done, new RecordingLedger { Gate = durable.Task });
        Task<WireResult> reading = call.RunAsync(Ct);
        await call.Ledger.Asked.WaitAsync(Bound, Ct);

        CutNow();
        durable.SetResult();
        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.Null(result.Failure);
        Assert.Equal(Chunk + Usage + Done, result.Text);
        Assert.Equal(Whole, result.Call);
    }

    [Fact]
    public async Task WhoIsCut_GoesOnOnlyWhenTheRecordIsDurable()
    {
        var durable = new TaskCompletionSource();
        using InMemoryCall call = Start(Chunk, new RecordingLedger { Gate = durable.Task });
        Task<WireResult> reading = call.RunAsync(Ct);
        await _upstream.WhenReaderWaitsAsync(Ct);

        CutNow();
        await call.Ledger.Asked.WaitAsync(Bound, Ct);
        Assert.False(reading.IsCompleted);
        durable.SetResult();

        Assert.Same(Stop, (await reading.WaitAsync(Bound, Ct)).Failure);
    }

    [Fact]
    public async Task AfterTheReaderGaveUp_IsTheReadersOwnCancellation()
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using InMemoryCall call = Start(Chunk);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(Chunk.Length, await reader.ReadAsync(_buffer, caller.Token));

        await caller.CancelAsync();
        CutNow();

        Assert.True(_upstream.IsDisposed);
        OperationCanceledException givenUp = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(_buffer, caller.Token).AsTask());
        Assert.Equal(caller.Token, givenUp.CancellationToken);
        Assert.Equal(Cut with { Error = null }, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Fact]
    public async Task AfterATimeLimit_IsATimeout()
    {
        using InMemoryCall call = Start(Chunk);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(Chunk.Length, await reader.ReadAsync(_buffer, Ct));

        _time.Advance(call.Limits.ReaderIdleTimeout);
        CutNow();

        Assert.Equal(AiCallStatus.Timeout, (await Assert.ThrowsAsync<ModelCallException>(() => reader.ReadAsync(_buffer, Ct).AsTask())).Status);
        Assert.Equal(Cut with { Status = AiCallStatus.Timeout, Error = "failure=ReaderIdleTimeout" }, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Fact]
    public async Task BeforeATimeLimit_IsACut()
    {
        using InMemoryCall call = Start(Chunk);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.Equal(Chunk.Length, await reader.ReadAsync(_buffer, Ct));

        CutNow();
        _time.Advance(TimeSpan.FromDays(1));

        await Assert.ThrowsAsync<KillSwitchActiveException>(() => reader.ReadAsync(_buffer, Ct).AsTask());
        Assert.Equal(Cut, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Fact]
    public async Task AfterTheReaderLeft_ChangesNothing()
    {
        using InMemoryCall call = Start(Chunk);
        using (HttpResponseMessage response = await call.SendAsync(Ct))
        {
            await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
            Assert.Equal(Chunk.Length, await reader.ReadAsync(_buffer, Ct));
        }

        CutNow();

        Assert.Equal(Cut with { Error = null }, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task InTheSameMomentAsTheEnd_RecordAndReaderAgree(int readsBefore)
    {
        for (int i = 0; i < 300; i++)
        {
            using var upstream = new LiveStream();
            upstream.Send(Chunk);
            using InMemoryCall call = Start(upstream, new RecordingLedger());
            using HttpResponseMessage response = await call.SendAsync(Ct);
            await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
            string[] pieces = [Chunk, Usage, Done];
            for (int read = 0; read < readsBefore; read++)
            {
                Assert.Equal(pieces[read].Length, await reader.ReadAsync(_buffer, Ct));
                upstream.Send(pieces[read + 1]);
            }

            using var together = new Barrier(2);
            var cutting = Task.Run(
                () =>
                {
                    together.SignalAndWait(Ct);
                    CutNow();
                },
                Ct);
            var reading = Task.Run(
                async () =>
                {
                    together.SignalAndWait(Ct);
                    for (int piece = readsBefore + 1; piece < pieces.Length; piece++)
                    {
                        upstream.Send(pieces[piece]);
                    }

                    upstream.End();
                    while (await reader.ReadAsync(_buffer, Ct) > 0)
                    {
                    }
                },
                Ct);
            await cutting.WaitAsync(Bound, Ct);
            Exception? failure = await Record.ExceptionAsync(() => reading.WaitAsync(Bound, Ct));

            ExpectedCall record = ExpectedCall.Of(Assert.Single(call.Ledger.Records));
            Assert.Equal(failure is null ? Whole : Cut with { Prompt = record.Prompt, Completion = record.Completion, CostUsd = record.CostUsd }, record);
            Assert.Equal(record.Status == AiCallStatus.Ok ? null : Stop, failure);
        }
    }

    private void CutNow() => _call!.Cut(() => Stop);

    private InMemoryCall Start(string events, RecordingLedger? ledger = null)
    {
        _upstream.Send(events);
        if (events.EndsWith(Done, StringComparison.Ordinal))
        {
            _upstream.End();
        }

        return Start(_upstream, ledger ?? new RecordingLedger());
    }

    private InMemoryCall Start(LiveStream upstream, RecordingLedger ledger) => new(true, _ => Task.FromResult(InMemoryCall.StreamAnswer(upstream)))
    {
        Time = _time,
        Ledger = ledger,
        Filters =
        [
            new DelegateFilter((context, next) =>
            {
                _call = context;
                return next(context);
            }),
        ],
    };
}
