using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Answers "may this start?" from the last read while it is fresh, and reads again when it is not: one read at a time, however many callers wait for it.
/// </summary>
internal sealed class KillSwitchGuard
{
    // Older than any clock says, and no overflow when subtracted from it.
    private const long LongAgo = long.MinValue / 2;

    private readonly IKillSwitchStore _store;
    private readonly KillSwitchPreparation _preparation;
    private readonly KillSwitchMember? _member;
    private readonly TimeProvider _time;
    private readonly MonotonicClock _clock;
    private readonly ILogger _logger;
    private readonly long _cacheMilliseconds;
    private readonly long _stalenessMilliseconds;
    private readonly TimeSpan _readTimeout;

    // A read that hung and answers at last says what was true when it began.
    private readonly long _oldestMilliseconds;
    private readonly Lock _gate = new();

    // Activations committed in this process since the running read began, which it may have missed.
    private readonly List<KillSwitchState> _believed = [];
    private readonly StopSignal _stop = new();
    private KillSwitchReading? _last;
    private KillSwitchReading? _lastGood;
    private KillSwitchReading? _overtaken;
    private KillSwitchSnapshot _newest = KillSwitchSnapshot.Empty;
    private Task? _reading;
    private int _generation;

    public KillSwitchGuard(
        IKillSwitchStore store,
        IOptions<JarvisRoutingOptions> options,
        TimeProvider time,
        ILogger<KillSwitchGuard> logger,
        KillSwitchMember? member = null)
    {
        _member = member;
        KillSwitchOptions settings = options.Value.KillSwitch;
        (_store, _time, _clock, _logger) = (store, time, new MonotonicClock(time), logger);
        _preparation = new KillSwitchPreparation(store, time);
        _cacheMilliseconds = (long)settings.CacheDuration.TotalMilliseconds;
        _stalenessMilliseconds = (long)(settings.MaxStaleness ?? settings.CacheDuration).TotalMilliseconds;
        _readTimeout = settings.ReadTimeout;
        _oldestMilliseconds = _cacheMilliseconds + (long)_readTimeout.TotalMilliseconds;
        UnderWay = new CallsUnderWay(settings.InFlight);
        member?.Join(this);
    }

    public CancellationToken StopToken => _stop.Token;

    /// <summary>Gets the calls under way, which are told of what stops them.</summary>
    public CallsUnderWay UnderWay { get; }

    /// <summary>Gets the last snapshot while it is fresh.</summary>
    public bool TryGetFresh([NotNullWhen(true)] out KillSwitchSnapshot? snapshot)
    {
        KillSwitchReading? last = Volatile.Read(ref _last);
        snapshot = last is not null && _clock.Milliseconds - last.StartedAt < _cacheMilliseconds ? last.Snapshot : null;
        return snapshot is not null;
    }

    /// <summary>Gets a snapshot, reading again where the last one is not fresh.</summary>
    /// <exception cref="KillSwitchUnavailableException">It cannot be read.</exception>
    public async ValueTask<KillSwitchSnapshot> GetSnapshotAsync(CancellationToken cancellationToken)
    {
        KillSwitchReading? last = Volatile.Read(ref _last);
        if (last is null || _clock.Milliseconds - last.StartedAt >= _cacheMilliseconds)
        {
            last = await ReadAgainAsync(cancellationToken).ConfigureAwait(false);
        }

        last = Usable(last);
        return last.Snapshot ?? throw new KillSwitchUnavailableException(last.Fault!, last.Cause);
    }

    /// <summary>Throws when the code that asks may start nothing.</summary>
    public ValueTask ThrowIfActiveAsync(CancellationToken cancellationToken) =>
        TryGetFresh(out KillSwitchSnapshot? snapshot) && snapshot.Stops.Count == 0 ? default : ThrowUnlessOpenAsync(cancellationToken);

    /// <summary>Takes over an activation that was just committed here, so that it holds at once, in all containers of this process.</summary>
    public void AcceptActivation(KillSwitchState state)
    {
        Believe(state);
        _member?.TellActivation(state);

        // A process that only writes at first has to hear of what others do next.
        _member?.Start();
    }

    /// <summary>Takes over an activation that was committed in this process. A read that began before it may have missed it.</summary>
    public void Believe(KillSwitchState state)
    {
        lock (_gate)
        {
            _believed.Add(state);
            KillSwitchSnapshot snapshot = _newest.With(state);
            if (state.Scope == KillSwitchScope.Global)
            {
                Keep(new KillSwitchReading(_clock.Milliseconds, snapshot, null, null));
                return;
            }

            // What was read of the other switches is not newer for it.
            _lastGood = _lastGood?.With(state);
            _overtaken = _overtaken?.With(state);
            Volatile.Write(ref _last, _last?.With(state));
            Spread(snapshot);
        }
    }

    /// <summary>
    /// Forgets what was read, since a release was just committed here, and reads again. The release itself is not believed: a newer activation may have been
    /// committed while its answer was on the way.
    /// </summary>
    /// <returns>A task that ends when the switch was read or could not be. Never throws: the release is committed either way.</returns>
    public async Task AcceptReleaseAsync(CancellationToken cancellationToken)
    {
        Forget();
        await ((Task)ReadAgainAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _member?.Start();
    }

    /// <summary>Forgets what was read: somebody has changed the switch. Nothing starts here before it has been read again, which begins at once.</summary>
    public void Invalidate()
    {
        Forget();
        Look();
    }

    /// <summary>Reads the switch unless the last read is fresh, so that a change reaches those who wait and do not ask.</summary>
    public void Look() => _ = LookAsync();

    private void Forget()
    {
        lock (_gate)
        {
            _generation++;
            _lastGood = null;
            Volatile.Write(ref _last, _last is { } last ? last with { StartedAt = LongAgo } : null);
        }
    }

    private async Task LookAsync()
    {
        KillSwitchReading? last = Volatile.Read(ref _last);
        if (last is null || _clock.Milliseconds - last.StartedAt >= _cacheMilliseconds)
        {
            // A failure is kept and reported like any other read's.
            await ((Task)ReadAgainAsync(CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask ThrowUnlessOpenAsync(CancellationToken cancellationToken)
    {
        KillSwitchSnapshot snapshot = await GetSnapshotAsync(cancellationToken).ConfigureAwait(false);
        if (KillSwitchSubject.OfCurrentCode().FindStop(snapshot, out _) is { } stop)
        {
            throw KillSwitchFault.ToException(stop);
        }
    }

    private async Task<KillSwitchReading> ReadAgainAsync(CancellationToken cancellationToken)
    {
        if (await _preparation.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            _member?.Start();
        }

        long askedAt = _clock.Milliseconds;
        try
        {
            KillSwitchReading? read;
            do
            {
                TimeSpan left = _readTimeout - TimeSpan.FromMilliseconds(_clock.Milliseconds - askedAt);
                await StartOrJoinRead().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
                read = Volatile.Read(ref _last);
            }
            while (read is null || askedAt - read.StartedAt > _oldestMilliseconds);
            return read;
        }
        catch (TimeoutException)
        {
            // One change after the other was heard of, each while the read before it was on its way. What that read found is newer than the question.
            if (Volatile.Read(ref _overtaken) is { } overtaken && overtaken.StartedAt >= askedAt)
            {
                return overtaken;
            }

            // The read goes on, alone; nobody starts another one behind it.
            return new KillSwitchReading(askedAt, null, $"the database did not answer within {_readTimeout.TotalMilliseconds:0} ms.", null);
        }
    }

    // While reading fails, the last good read serves for as long as the options allow. A row that was read and says nothing is no failure: it closes its switch.
    private KillSwitchReading Usable(KillSwitchReading reading) =>
        reading.Snapshot is null && Volatile.Read(ref _lastGood) is { } good && _clock.Milliseconds - good.StartedAt < _stalenessMilliseconds ? good : reading;

    private Task StartOrJoinRead()
    {
        lock (_gate)
        {
            // Somebody else's read may have ended between the caller's look and now.
            if (_last is { } last && _clock.Milliseconds - last.StartedAt < _cacheMilliseconds)
            {
                return Task.CompletedTask;
            }

            return _reading is { IsCompleted: false } running ? running : BeginRead();
        }
    }

    private Task BeginRead()
    {
        int generation = _generation;
        _believed.Clear();
        return _reading = Detached.Run(() => ReadAsync(generation));
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps the switch from being read closes it; the cause is kept.")]
    private async Task ReadAsync(int generation)
    {
        long startedAt = _clock.Milliseconds;
        KillSwitchReading reading;
        try
        {
            KillSwitchRows rows = await _store.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            reading = new KillSwitchReading(startedAt, KillSwitchSnapshot.Of(rows, Volatile.Read(ref _newest)), null, null);
        }
        catch (Exception e)
        {
            reading = new KillSwitchReading(startedAt, null, KillSwitchFault.Describe(e), e);
        }

        lock (_gate)
        {
            foreach (KillSwitchState activation in _believed.Where(known => reading.Snapshot?.IsActive(known.Scope) == false))
            {
                reading = reading.With(activation);
            }

            // A change that was heard of meanwhile may be newer than what the read saw.
            if (generation == _generation)
            {
                Keep(reading);
                _member?.Apply(reading.Snapshot?.Version);
            }
            else
            {
                Volatile.Write(ref _overtaken, reading);

                // Whoever wanted to know of it may have given up waiting for this read: those who only wait must hear of it all the same.
                BeginRead();
            }
        }
    }

    private void Keep(KillSwitchReading reading)
    {
        KillSwitchReading? before = _last;
        Volatile.Write(ref _last, reading);
        if (reading.Snapshot is { } snapshot)
        {
            Volatile.Write(ref _lastGood, reading);
            Spread(snapshot);
        }

        if (reading.Fault is { } fault && before?.Fault is null)
        {
            _logger.KillSwitchUnreadable(fault);
        }
        else if (reading.Fault is null && before?.Fault is not null)
        {
            _logger.KillSwitchReadable();
        }
    }

    private void Spread(KillSwitchSnapshot snapshot)
    {
        KillSwitchNews.Report(_newest, snapshot, _logger);
        Volatile.Write(ref _newest, snapshot);
        if (snapshot.Global.Fault is null)
        {
            _stop.Set(snapshot.Global.IsActive);
        }

        UnderWay.Apply(snapshot);
    }
}
