using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>One random history: two processes, one database, and what is true of the switches beside them.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A history that can be repeated.")]
internal sealed class SwitchHistory : IAsyncDisposable
{
    // The bound of the design: what happened before it is known to every process that asks after it.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(1501);
    private static readonly string[] Tiers = [Tier.Mid, Tier.Cheap];
    private static readonly string?[] Agents = [null, "planner"];
    private static readonly int?[] Goals = [null, 42];

    private static readonly KillSwitchScope[] Scopes =
        [KillSwitchScope.Global, KillSwitchScope.ForTier(Tier.Mid), KillSwitchScope.ForModel("x-ai/grok-4.1-fast"), KillSwitchScope.ForAgent("planner"), KillSwitchScope.ForGoal(42)];

    private static readonly string[] Garbage = ["null", "\"off\"", """{"active":"false"}""", """{"active":null}""", "[]", """{"Active":false}"""];

    private readonly TestDatabase _database;
    private readonly Random _random;
    private readonly Member[] _members = [new(), new()];

    // What is stopped, whether the row is there, and what the audit said last.
    private readonly Dictionary<KillSwitchScope, (bool IsActive, bool HasRow, bool WasActivated)> _truth = Scopes.ToDictionary(scope => scope, _ => (false, false, false));

    private SwitchHistory(TestDatabase database, Random random) => (_database, _random) = (database, random);

    public List<string> Log { get; } = [];

    public int Started { get; private set; }

    public int Refused { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SwitchHistory> StartAsync(TestDatabase database, Random random)
    {
        SwitchHistory history = new(database, random);
        foreach (Member member in history._members)
        {
            member.Upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
            await history.RestartAsync(member);
        }

        // The tables are there before anybody writes by hand.
        await history._members[0].Jarvis!.KillSwitch.ThrowIfActiveAsync(Ct);
        return history;
    }

    public async Task StepAsync()
    {
        Member member = _members[_random.Next(2)];
        switch (_random.Next(12))
        {
            case 0 or 1:
                await ActivateAsync(member);
                break;
            case 2 or 3:
                await ReleaseAsync(member);
                break;
            case 4:
                await WriteByHandAsync();
                break;
            case 5:
                Note("the clock goes on", member);
                member.Clock.Advance(Bound);
                member.KnowsAll();
                break;
            case 6 when _random.Next(3) == 0:
                Note("restarts", member);
                await RestartAsync(member);
                break;
            default:
                await CallAsync(member);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _members)
        {
            await member.Jarvis!.DisposeAsync();
        }
    }

    private async Task ActivateAsync(Member member)
    {
        KillSwitchScope scope = Pick(Scopes);
        Note($"activates {scope}", member);
        await member.Jarvis!.KillSwitch.ActivateAsync("too dear", "test", new KillSwitchActivation { Scope = scope }, Ct);
        Set(scope, isActive: true, hasRow: true, wasActivated: true);
        member.Knows(scope);
    }

    private async Task ReleaseAsync(Member member)
    {
        // More often than not one that is active: a history of nothing but stops is a short one.
        KillSwitchScope[] active = [.. Scopes.Where(scope => _truth[scope].IsActive)];
        KillSwitchScope released = active.Length > 0 && _random.Next(4) > 0 ? Pick(active) : Pick(Scopes);
        Note($"releases {released}", member);
        await member.Jarvis!.Operator.DeactivateAsync("paid", "test", released, Ct);
        Set(released, isActive: false, hasRow: true, wasActivated: false);

        // A release is read back.
        member.KnowsAll();
    }

    private async Task WriteByHandAsync()
    {
        KillSwitchScope scope = Pick(Scopes);
        (bool _, bool hasRow, bool wasActivated) = _truth[scope];
        string value = _random.Next(4) switch { 0 => Pick(Garbage), 1 => """{"active":false}""", _ => """{"active":true,"reason":"by hand"}""" };
        if (_random.Next(4) == 0)
        {
            Note($"DELETE {scope}", null);
            await _database.ExecuteAsync($"DELETE FROM agent_state WHERE key = '{scope.Key}'");
            Set(scope, isActive: wasActivated, hasRow: false, wasActivated);
        }
        else
        {
            Note($"{scope} = {value}", null);
            await _database.ExecuteAsync(hasRow
                ? $"UPDATE agent_state SET value = '{value}' WHERE key = '{scope.Key}'"
                : $"INSERT INTO agent_state (key, value) VALUES ('{scope.Key}', '{value}')");
            Set(scope, isActive: value != """{"active":false}""", hasRow: true, wasActivated);
        }
    }

    private async Task RestartAsync(Member member)
    {
        if (member.Jarvis is { } before)
        {
            await before.DisposeAsync();
            member.Upstream = await OpenRouterSimulator.StartAsync(ct: Ct);
        }

        member.Jarvis = await JarvisHarness.StartAsync(_database.Setting, register: services => services.AddSingleton<TimeProvider>(member.Clock), upstream: member.Upstream);
        member.KnowsAll();
    }

    private async Task CallAsync(Member member)
    {
        (string tier, string? agent, int? goal) = (Pick(Tiers), Pick(Agents), Pick(Goals));
        KillSwitchScope[] covering =
        [
            KillSwitchScope.Global,
            .. KillSwitchScope.Covering(tier, tier == Tier.Cheap ? "x-ai/grok-4.1-fast" : "anthropic/claude-sonnet-4.5", new CallAttribution { Agent = agent, GoalId = goal }).Intersect(Scopes),
        ];
        bool mustBeRefused = covering.Any(scope => _truth[scope].IsActive && member.IsSureOf(scope));
        bool mustStart = covering.All(scope => !_truth[scope].IsActive && member.IsSureOf(scope));
        int before = member.Upstream!.RequestCount;
        Exception? thrown;
        using (JarvisScope.Begin(goal, agent))
        {
            thrown = await Record.ExceptionAsync(() => member.Jarvis!.Chat(tier).GetChatMessageContentAsync("Work", cancellationToken: Ct));
        }

        int requests = member.Upstream.RequestCount - before;
        Note($"calls {tier} as {agent} for {goal}: {thrown?.GetType().Name ?? "started"}, must {(mustBeRefused ? "be refused" : mustStart ? "start" : "do either")}", member);
        bool isRefused = thrown is KillSwitchActiveException or KillSwitchUnavailableException;
        Assert.True(thrown is null || isRefused, thrown?.ToString());
        Assert.Equal(isRefused ? 0 : 1, requests);
        Assert.False(mustBeRefused && !isRefused, "A call started although a switch that covers it is active and known.");
        Assert.False(mustStart && isRefused, "A call was refused although nothing that covers it is active.");
        (Started, Refused) = (Started + requests, Refused + (isRefused ? 1 : 0));

        // What was just read is at most as old as the last time that all was known; nothing is learned for sure.
    }

    private void Set(KillSwitchScope scope, bool isActive, bool hasRow, bool wasActivated)
    {
        _truth[scope] = (isActive, hasRow, wasActivated);
        foreach (Member member in _members)
        {
            member.Forgets(scope);
        }
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private void Note(string what, Member? member) => Log.Add($"{(member is null ? "somebody" : $"process {Array.IndexOf(_members, member)}")}: {what}");

    private sealed class Member
    {
        private readonly HashSet<KillSwitchScope> _sure = [];

        public JarvisHarness? Jarvis { get; set; }

        public OpenRouterSimulator? Upstream { get; set; }

        public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(60));

        public bool IsSureOf(KillSwitchScope scope) => _sure.Contains(scope);

        public void Knows(KillSwitchScope scope) => _sure.Add(scope);

        public void KnowsAll() => _sure.UnionWith(Scopes);

        public void Forgets(KillSwitchScope scope) => _sure.Remove(scope);
    }
}
