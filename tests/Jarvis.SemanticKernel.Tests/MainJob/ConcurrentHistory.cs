using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>What callers and operators of two processes did at the same time. One counter orders the beginnings and the ends of everything.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Which of them is drawn is no secret.")]
internal sealed class ConcurrentHistory : IAsyncDisposable
{
    private const int Changes = 60;

    private static readonly KillSwitchScope[] Scopes = [KillSwitchScope.ForTier(Tier.Cheap), KillSwitchScope.ForAgent("planner"), KillSwitchScope.ForGoal(42)];

    // The last one is covered by nothing.
    private static readonly (string Tier, string? Agent, int? Goal)[] Callers =
        [(Tier.Cheap, null, null), (Tier.Cheap, "planner", null), (Tier.Mid, "planner", null), (Tier.Mid, null, 42), (Tier.Strong, "critic", 7)];

    private readonly JarvisHarness[] _processes;
    private readonly ConcurrentBag<Call> _calls = [];
    private readonly ConcurrentBag<Change> _changes = [];
    private int _counter;

    private ConcurrentHistory(JarvisHarness[] processes) => _processes = processes;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result owns them.")]
    public static async Task<ConcurrentHistory> StartAsync(TestDatabase database)
    {
        JarvisHarness[] processes = [await StartProcessAsync(database), await StartProcessAsync(database)];
        await processes[0].KillSwitch.ThrowIfActiveAsync(Ct);
        return new ConcurrentHistory(processes);
    }

    public async Task RunAsync()
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] callers = [.. Callers.SelectMany(caller => _processes.Select((_, process) => Task.Run(() => CallAsync(process, caller, over.Token), Ct)))];
        await Task.WhenAll(_processes.Select((_, process) => Task.Run(() => ChangeAsync(process), Ct)));
        await over.CancelAsync();
        await Task.WhenAll(callers);
    }

    public void AssertHolds()
    {
        foreach (Call call in _calls)
        {
            KillSwitchScope[] covering = KillSwitchScope.Covering(call.Caller.Tier, null, new CallAttribution { Agent = call.Caller.Agent, GoalId = call.Caller.Goal });
            Assert.True(call.HasStarted || covering.Intersect(Scopes).Any(), "A call was refused that no switch covers.");
            Change? stop = _changes.FirstOrDefault(change => change.IsActivation && change.Process == call.Process && covering.Contains(change.Scope) && change.End < call.Begin
                && !_changes.Any(release => !release.IsActivation && release.Scope == change.Scope && release.End > change.Begin && release.Begin < call.End));
            Assert.False(call.HasStarted && stop is not null, $"{call} started although {stop} was never released.");
        }

        // A history in which nothing was refused, or nothing let through, would show nothing.
        Assert.True(_calls.Count(call => call.HasStarted) > 20 && _calls.Count(call => !call.HasStarted) > 20);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (JarvisHarness process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    // On a busy machine a read may take its time: that would refuse everything, which is right and shows nothing here.
    private static Task<JarvisHarness> StartProcessAsync(TestDatabase database) =>
        JarvisHarness.StartAsync(database.Setting, options => options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(20));

    private async Task CallAsync(int process, (string Tier, string? Agent, int? Goal) caller, CancellationToken over)
    {
        IChatCompletionService chat = _processes[process].Chat(caller.Tier);
        using IDisposable scope = JarvisScope.Begin(caller.Goal, caller.Agent);
        while (!over.IsCancellationRequested)
        {
            int begin = Interlocked.Increment(ref _counter);
            bool hasStarted = true;
            try
            {
                await chat.GetChatMessageContentAsync("Work", cancellationToken: Ct);
            }
            catch (KillSwitchActiveException)
            {
                hasStarted = false;

                // Refusing takes no time; the callers would leave none to the operators.
                await Task.Delay(1, Ct);
            }

            _calls.Add(new Call(process, caller, begin, Interlocked.Increment(ref _counter), hasStarted));
        }
    }

    private async Task ChangeAsync(int process)
    {
        Random random = new(process);
        for (int i = 0; i < Changes; i++)
        {
            KillSwitchScope scope = Scopes[random.Next(Scopes.Length)];
            bool isActivation = random.Next(2) == 0;
            int begin = Interlocked.Increment(ref _counter);
            await (isActivation
                ? _processes[process].KillSwitch.ActivateAsync("too dear", "test", new KillSwitchActivation { Scope = scope }, Ct)
                : _processes[process].Operator.DeactivateAsync("paid", "test", scope, Ct));
            _changes.Add(new Change(process, scope, isActivation, begin, Interlocked.Increment(ref _counter)));
        }
    }

    private sealed record Call(int Process, (string Tier, string? Agent, int? Goal) Caller, int Begin, int End, bool HasStarted);

    private sealed record Change(int Process, KillSwitchScope Scope, bool IsActivation, int Begin, int End);
}
