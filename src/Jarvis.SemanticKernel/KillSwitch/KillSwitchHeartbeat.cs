using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Keeps this process's row in the database: again and again, and at once when all its guards act on another version of the switch. It is only told about; whether it
/// succeeds changes nothing of what may start.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing.")]
internal sealed class KillSwitchHeartbeat(Guid id, Func<KillSwitchMember[]> members, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeatTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    private static readonly string Program = Assembly.GetEntryAssembly()?.GetName().Name ?? Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "unknown";

    private readonly InterruptibleWait _wait = new(time);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _ending;
    private Task _run = Task.CompletedTask;

    // A write that hangs: no other one is begun behind it.
    private Task _writing = Task.CompletedTask;
    private long? _sweptAt;
    private bool _isFailing;

    /// <summary>Begins to beat, if there is somebody to beat for and it does not yet.</summary>
    public void Start()
    {
        if (Next() is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_ending is null)
            {
                _ending = new CancellationTokenSource();
                CancellationToken ending = _ending.Token;
                Task before = _run;
                _run = Detached.Run(() => RunAsync(before, ending));
            }
        }
    }

    public void Wake() => _wait.Wake();

    /// <summary>Ends the beating and removes the row: best effort, and soon over.</summary>
    public async Task StopAsync(IProcessStore store)
    {
        Task goodbye;
        CancellationTokenSource? ending;
        lock (_gate)
        {
            ending = _ending;
            if (ending is null)
            {
                return;
            }

            _ending = null;
            Task before = _run;
            _run = goodbye = Detached.Run(() => RemoveAsync(before, store));
        }

        await ending.CancelAsync().ConfigureAwait(false);

        // Somebody may have come meanwhile, and found it beating.
        Start();

        // By the system's clock: whoever disposes a container must not wait for another one.
        await goodbye.WaitAsync(GoodbyeTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(Task before, CancellationToken ending)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (long? said, long saidAt, TimeSpan pause) = (null, 0, Interval);
        while (Next() is var (store, version, logger))
        {
            TimeSpan left = said is null ? TimeSpan.Zero : pause - time.GetElapsedTime(saidAt);
            if (version is null || (version == said && left > TimeSpan.Zero))
            {
                await _wait.WaitAsync(version is null ? Interval : left, ending).ConfigureAwait(false);
                continue;
            }

            saidAt = time.GetTimestamp();
            said = version;
            bool isDone = await BeatAsync(store, version.Value, logger, ending).ConfigureAwait(false);
            pause = isDone ? Interval : pause >= Interval ? FirstWait : pause * 2;
        }

        lock (_gate)
        {
            if (ending.IsCancellationRequested)
            {
                return;
            }

            // Nobody is left, and nobody has said goodbye: the row ages.
            _ending = null;
        }

        Start();
    }

    /// <summary>Where to write, and the version that all guards act on; null when nobody calls models any more.</summary>
    private (IProcessStore Store, long? Version, ILogger Logger)? Next()
    {
        KillSwitchMember[] all = members();
        KillSwitchMember? writer = Array.FindLast(all, member => member.Heartbeats is not null);
        return writer is null ? null : (writer.Heartbeats!, all.Min(member => member.Version), writer.Logger);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps it from being written hurts nobody, and is reported.")]
    private async Task<bool> BeatAsync(IProcessStore store, long version, ILogger logger, CancellationToken ending)
    {
        try
        {
            if (!_writing.IsCompleted)
            {
                await _writing.WaitAsync(BeatTimeout, time, ending).ConfigureAwait(false);
            }

            _writing = WriteAsync(store, version, ending);
            await _writing.WaitAsync(BeatTimeout, time, ending).ConfigureAwait(false);
        }
        catch (Exception failure) when (!ending.IsCancellationRequested)
        {
            if (!_isFailing)
            {
                logger.HeartbeatFailed(KillSwitchFault.Describe(failure));
            }

            _isFailing = true;
            return false;
        }

        if (_isFailing)
        {
            logger.HeartbeatWorks();
        }

        _isFailing = false;
        return true;
    }

    private async Task WriteAsync(IProcessStore store, long version, CancellationToken ending)
    {
        await store.BeatAsync(id, Environment.MachineName, Environment.ProcessId, Program, version, ending).ConfigureAwait(false);
        if (_sweptAt is not { } sweptAt || time.GetElapsedTime(sweptAt) >= SweepEvery)
        {
            _sweptAt = time.GetTimestamp();
            await store.RemoveSilentAsync(ForgottenAfter, ending).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(Task before, IProcessStore store)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await store.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
    }
}
