using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public sealed class KillSwitchHeartbeatTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogCollector _logs = new();
    private readonly KillSwitchHubs _process = new();
    private readonly FakeProcessStore _rows;

    public KillSwitchHeartbeatTests() => _rows = new FakeProcessStore(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beats_FromTheFirstUseOn_EveryTenSeconds()
    {
        Container agent = Create(_rows);
        Assert.Empty(_rows.Beats);
        await agent.UseAsync(version: 3);
        await PassAsync(() => _rows.Beats.Count == 4);

        Assert.All(_rows.Beats, beat => Assert.Equal(3, beat.Version));
        Assert.All(_rows.Beats.Zip(_rows.Beats.Skip(1)), pair => Assert.InRange(pair.Second.At - pair.First.At, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)));
        Assert.Single(_rows.Rows);
        GC.KeepAlive(agent);
    }

    [Fact]
    public async Task NewVersion_IsAcknowledgedAtOnce()
    {
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        agent.Change(version: 4);

        // The clock stands still.
        await UntilAsync(() => _rows.LastVersion == 4);
    }

    [Fact]
    public async Task NewVersion_IsAcknowledgedWhenTheLastGuardHasIt()
    {
        Container agent = Create(_rows);
        Container slow = Create(_rows);
        Container @operator = Create(null);
        await agent.UseAsync(version: 3);
        await slow.UseAsync(version: 3);
        await @operator.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        var held = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Store.OnReadAsync = () => held.Task;
        slow.Change(version: 4);
        agent.Change(version: 4);
        @operator.Change(version: 4);
        await PassAsync(() => _rows.Beats.Count >= 3);
        Assert.Equal(3, _rows.LastVersion);

        held.SetResult(FakeKillSwitchStore.Active);
        await UntilAsync(() => _rows.LastVersion == 4);
        Assert.Single(_rows.Rows);
        Array.ForEach([agent, slow, @operator], GC.KeepAlive);
    }

    [Fact]
    public async Task GuardThatIsNotUsed_IsNotWaitedFor()
    {
        Container agent = Create(_rows);
        Container unused = Create(_rows);
        await agent.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        agent.Change(version: 4);

        await UntilAsync(() => _rows.LastVersion == 4);
        GC.KeepAlive(unused);
    }

    [Fact]
    public async Task ProgramOfAnOperator_HasNoRow()
    {
        Container @operator = Create(null);
        await @operator.UseAsync(version: 3);
        Container agent = Create(_rows);
        Assert.Empty(_rows.Beats);
        await agent.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        await agent.Member.DisposeAsync();
        int beats = _rows.Beats.Count;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await @operator.Guard.ThrowIfActiveAsync(Ct);

        Assert.Equal(beats, _rows.Beats.Count);
    }

    [Fact]
    public async Task Failure_HurtsNobody_AndIsLoggedOnce()
    {
        _rows.OnWriteAsync = () => throw new IOException("no space");
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await PassAsync(() => _logs.Count > 0 && _clock.GetUtcNow() - _clock.Start > TimeSpan.FromMinutes(1));
        await agent.Guard.ThrowIfActiveAsync(Ct);

        FakeLogRecord warning = Assert.Single(_logs.GetSnapshot());
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("heartbeat", warning.Message, StringComparison.Ordinal);

        _rows.OnWriteAsync = () => Task.CompletedTask;
        await PassAsync(() => _logs.Count == 2 && _rows.LastVersion == 3);
        Assert.Equal(LogLevel.Information, _logs.LatestRecord.Level);
    }

    [Fact]
    public async Task Hanging_IsAFailureToo_AndNothingIsBegunBehindIt()
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rows.OnWriteAsync = () => hanging.Task;
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await PassAsync(() => _logs.Count == 1 && _clock.GetUtcNow() - _clock.Start > TimeSpan.FromMinutes(1));
        await agent.Guard.ThrowIfActiveAsync(Ct);
        agent.Change(version: 4);
        hanging.SetResult();

        await PassAsync(() => _rows.LastVersion == 4);
        Assert.Equal(1, _rows.MostUnderWay);
    }

    [Fact]
    public async Task SilentRows_AreSweptOnceInAWhile()
    {
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await PassAsync(() => _rows.Beats.Count == 5);
        Assert.Equal(1, _rows.Sweeps);

        _clock.Advance(TimeSpan.FromHours(1));
        await PassAsync(() => _rows.Sweeps == 2);
        GC.KeepAlive(agent);
    }

    [Fact]
    public async Task DisposeAsync_OfTheLastAgent_RemovesTheRow()
    {
        Container one = Create(_rows);
        Container other = Create(_rows);
        await one.UseAsync(version: 3);
        await other.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        await one.Member.DisposeAsync();
        Assert.Single(_rows.Rows);
        await other.Member.DisposeAsync();
        Assert.Empty(_rows.Rows);

        Container next = Create(_rows);
        await next.UseAsync(version: 3);
        await UntilAsync(() => _rows.Rows.Count == 1);
    }

    [Fact]
    public async Task Dispose_WithoutAsync_RemovesTheRowToo()
    {
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);

        await Task.Run(agent.Member.Dispose, Ct);

        Assert.Empty(_rows.Rows);
    }

    [Fact]
    public async Task DisposeAsync_DatabaseHangs_ReturnsAllTheSame()
    {
        Container agent = Create(_rows);
        await agent.UseAsync(version: 3);
        await UntilAsync(() => _rows.LastVersion == 3);
        _rows.OnWriteAsync = () => new TaskCompletionSource().Task;

        await agent.Member.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    private static Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(() => Task.FromResult(condition()), Ct);

    // Nothing says when somebody waits for the clock, so it goes on in steps.
    private Task PassAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            bool isMet = condition();
            _clock.Advance(isMet ? TimeSpan.Zero : TimeSpan.FromSeconds(1));
            return Task.FromResult(isMet);
        },
        Ct);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "It belongs to the test, and most do not say goodbye.")]
    private Container Create(FakeProcessStore? rows)
    {
        var changes = new SilentChanges();
        var options = new JarvisRoutingOptions();
        options.KillSwitch.CacheDuration = TimeSpan.FromMinutes(1);
        var member = new KillSwitchMember(_process.Of("database", "listen", _clock), changes, rows, options.KillSwitch, new FakeLogger<KillSwitchMember>(_logs));
        var store = new FakeKillSwitchStore();
        return new Container(store, member, new KillSwitchGuard(store, Options.Create(options), _clock, NullLogger<KillSwitchGuard>.Instance, member));
    }

    private sealed record Container(FakeKillSwitchStore Store, KillSwitchMember Member, KillSwitchGuard Guard)
    {
        public async Task UseAsync(long version)
        {
            Store.Versions = (version, 0);
            await Guard.ThrowIfActiveAsync(Ct);
        }

        public void Change(long version)
        {
            Store.Versions = (version, 0);
            Guard.Invalidate();
        }
    }

    private sealed class SilentChanges : IKillSwitchChanges
    {
        public bool CanBeHeard => true;

        public Task ListenAsync(Action onHearing, Action onChange, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
