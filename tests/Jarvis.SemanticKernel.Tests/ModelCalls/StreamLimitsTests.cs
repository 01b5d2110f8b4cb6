using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>The limits of a running stream, by a clock that only the tests move.</summary>
public sealed class StreamLimitsTests : IDisposable
{
    private const string Chunk = "data: {\"id\":\"gen-1\",\"model\":\"m\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    private const string Usage = "data: {\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{}}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"cost\":0.25}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly ExpectedCall Known = new(AiCallStatus.Timeout, 200, "gen-1", "P", "m");

    private readonly FakeTimeProvider _time = new();
    private readonly LiveStream _upstream = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _upstream.Dispose();

    [Fact]
    public async Task Read_WhileTheUpstreamIsSilent_TimesOut()
    {
        using InMemoryCall call = Start();
        Task<WireResult> reading = call.RunAsync(Ct);
        await _upstream.WhenReaderWaitsAsync(Ct);

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.Equal(AiCallStatus.Timeout, result.Refused.Status);
        Assert.Contains("StreamIdleTimeout", result.Refused.Message, StringComparison.Ordinal);
        Assert.Equal(Known with { Error = "failure=StreamIdleTimeout" }, result.Call);
        Assert.True(_upstream.IsDisposed);
    }

    [Fact]
    public async Task Read_WhileTheUpstreamSendsComments_GoesOn()
    {
        using InMemoryCall call = Start();
        Task<WireResult> reading = call.RunAsync(Ct);
        for (int minutes = 0; minutes < 60; minutes += 4)
        {
            await _upstream.WhenReaderWaitsAsync(Ct);
            _time.Advance(TimeSpan.FromMinutes(4));
            _upstream.Send(": OPENROUTER PROCESSING\n\n");
        }

        await _upstream.WhenReaderWaitsAsync(Ct);
        _upstream.Send(Usage + Done);
        _upstream.End();
        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.Null(result.Failure);
        Assert.Equal(new ExpectedCall(AiCallStatus.Ok, 200, "gen-1", "P", "m", 3, 2, CostUsd: 0.25m), result.Call);
    }

    [Fact]
    public async Task Read_OfAStreamThatNeverEnds_TimesOut()
    {
        using InMemoryCall call = Start();
        Task<WireResult> reading = call.RunAsync(Ct);
        for (int minutes = 0; minutes < 120; minutes += 4)
        {
            await _upstream.WhenReaderWaitsAsync(Ct);
            Assert.False(reading.IsCompleted);
            _upstream.Send(Chunk);
            await _upstream.WhenReaderWaitsAsync(Ct);
            _upstream.Send(Chunk);
            _time.Advance(TimeSpan.FromMinutes(4));
        }

        WireResult result = await reading.WaitAsync(Bound, Ct);

        Assert.Equal(AiCallStatus.Timeout, result.Refused.Status);
        Assert.Equal(Known with { Error = "failure=StreamTimeout" }, result.Call);
    }

    [Fact]
    public async Task Reader_ThatPausesTooLong_HasItsCallClosedAndRecorded()
    {
        using InMemoryCall call = Start();
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        Assert.NotEqual(0, await reader.ReadAsync(new byte[4096], Ct));

        _time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.False(call.Ledger.Asked.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        // Nobody reads, and the record is there.
        await call.Ledger.Asked.WaitAsync(Bound, Ct);
        Assert.Equal(Known with { Error = "failure=ReaderIdleTimeout" }, ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
        Assert.True(_upstream.IsDisposed);
        ModelCallException late = await Assert.ThrowsAnyAsync<ModelCallException>(() => reader.ReadAsync(new byte[4096], Ct).AsTask());
        Assert.Equal(AiCallStatus.Timeout, late.Status);
        Assert.Contains("ReaderIdleTimeout", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_ThatPausesAtTheHeldBytes_HasHadTheWholeAnswer()
    {
        using InMemoryCall call = Start(Chunk + Usage + Done);
        using HttpResponseMessage response = await call.SendAsync(Ct);
        await using Stream reader = await response.Content.ReadAsStreamAsync(Ct);
        byte[] buffer = new byte[4096];
        Assert.Equal(Chunk.Length, await reader.ReadAsync(buffer, Ct));
        Assert.Equal(Usage.Length, await reader.ReadAsync(buffer, Ct));

        _time.Advance(TimeSpan.FromMinutes(30));
        await call.Ledger.Asked.WaitAsync(Bound, Ct);

        Assert.Equal(new ExpectedCall(AiCallStatus.Ok, 200, "gen-1", "P", "m", 3, 2, CostUsd: 0.25m), ExpectedCall.Of(Assert.Single(call.Ledger.Records)));
        Assert.Equal(Done.Length, await reader.ReadAsync(buffer, Ct));
        Assert.Single(call.Ledger.Records);
    }

    [Fact]
    public async Task Reader_ThatNeverComesBack_IsNotHeldByTheClock()
    {
        using InMemoryCall call = Start(Chunk + Usage + Done);
        WireResult result = await call.RunAsync(Ct);

        // Everything is over and disposed: no limit may say another word.
        _time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(AiCallStatus.Ok, result.Call.Status);
        Assert.Single(call.Ledger.Records);
    }

    private InMemoryCall Start(string events = Chunk)
    {
        _upstream.Send(events);
        if (events.EndsWith(Done, StringComparison.Ordinal))
        {
            _upstream.End();
        }

        return new InMemoryCall(true, _ => Task.FromResult(InMemoryCall.StreamAnswer(_upstream))) { Time = _time };
    }
}
