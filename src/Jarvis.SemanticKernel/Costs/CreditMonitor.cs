using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Jarvis.SemanticKernel.Diagnostics;
using Jarvis.SemanticKernel.OpenRouter;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Costs;

internal sealed class CreditMonitor : ICreditMonitor, IDisposable
{
    private readonly IOpenRouterApi _api;
    private readonly ICostReport _costs;
    private readonly IBalanceStore _store;
    private readonly IKillSwitch _switch;
    private readonly CreditNotifiers _notifiers;
    private readonly CreditOptions _options;
    private readonly string _account;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private DateTimeOffset? _warnedAt;
    private bool _isStarted;
    private bool _isFailing;

    public CreditMonitor(
        IOpenRouterApi api,
        ICostReport costs,
        IBalanceStore store,
        IKillSwitch killSwitch,
        IEnumerable<IOperatorNotifier> notifiers,
        IOptions<JarvisRoutingOptions> options,
        TimeProvider time,
        ILogger<CreditMonitor> logger)
    {
        (_api, _costs, _store, _switch, _time, _logger) = (api, costs, store, killSwitch, time, logger);
        _options = options.Value.Credits;
        _account = AccountOf(options.Value.ApiKey);
        _notifiers = new CreditNotifiers([.. notifiers.Where(notifier => notifier is not WebhookNotifier || _options.Webhooks.Count > 0)], time, logger);
        _timer = time.CreateTimer(_ => _ = Detached.Run(CheckQuietlyAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public event EventHandler<CreditNoticeEventArgs>? Noticed;

    public async Task<CreditReading> CheckAsync(CancellationToken cancellationToken = default)
    {
        KeyUsage usage;
        try
        {
            usage = await _api.GetKeyAsync(cancellationToken).ConfigureAwait(false) ?? throw new CreditsUnavailableException("The endpoint knows nothing of the key: it is not OpenRouter's.");
        }
        catch (ApiFailureException failure)
        {
            throw new CreditsUnavailableException(
                $"OpenRouter did not say what is left: {failure.Message}.{(failure.IsAboutTheKey ? " Check OPENROUTER_API_KEY." : "")}", failure);
        }

        SpendQuery ever = new() { From = DateTimeOffset.UnixEpoch, To = _time.GetUtcNow().AddDays(1), GroupBy = [] };
        CreditReading reading = new()
        {
            At = _time.GetUtcNow(),
            LimitUsd = usage.LimitUsd,
            RemainingUsd = usage.RemainingUsd,
            UsedUsd = usage.UsedUsd,
            LedgerUsd = (await _costs.GetSpendAsync(ever, cancellationToken).ConfigureAwait(false)).Total.CostUsd,
            First = await _store.ReadFirstAsync(_account, cancellationToken).ConfigureAwait(false),
        };
        CreditNoticeKind? due = await JudgeAsync(reading).ConfigureAwait(false);

        // A stop is said whatever becomes of the record: it will not be made a second time.
        bool brings = due == CreditNoticeKind.Stopped;
        try
        {
            brings |= await _store.AddAsync(_account, reading, _notifiers.Any ? due : null, _options.WarnEvery, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (due is { } kind)
            {
                Say(new CreditNotice(kind, TextOf(kind, Left(reading)), reading), brings);
            }
        }

        return reading;
    }

    public void Start()
    {
        lock (_gate)
        {
            if (!_isStarted && !_ending.IsCancellationRequested)
            {
                _isStarted = true;
                _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_ending.IsCancellationRequested)
            {
                return;
            }

            _ending.Cancel();
        }

        _timer.Dispose();
        _ending.Dispose();
    }

    // Tells keys apart, and tells nothing of them.
    private static string AccountOf(string? key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key ?? "")))[..16];

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever fails, it is asked again, and agents do not notice.")]
    private async Task CheckQuietlyAsync()
    {
        try
        {
            await CheckAsync(_ending.Token).ConfigureAwait(false);
            if (_isFailing)
            {
                _isFailing = false;
                _logger.CreditsKnownAgain();
            }
        }
        catch (Exception failure)
        {
            if (!_isFailing && !_ending.IsCancellationRequested)
            {
                _isFailing = true;
                _logger.CreditsUnknown(failure is CreditsUnavailableException ? failure.Message : failure.GetType().Name);
            }
        }

        lock (_gate)
        {
            if (!_ending.IsCancellationRequested)
            {
                _timer.Change(_options.Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static string Left(CreditReading reading) => reading.RemainingUsd.GetValueOrDefault().ToString("0.00####", CultureInfo.InvariantCulture);

    private static string TextOf(CreditNoticeKind kind, string left) => kind switch
    {
        CreditNoticeKind.Recovered => $"{left} USD are left of the OpenRouter key's limit again.",
        CreditNoticeKind.Stopped => $"Only {left} USD are left of the OpenRouter key's limit. The kill switch is activated.",
        _ => $"Only {left} USD are left of the OpenRouter key's limit.",
    };

    /// <summary>Stops where that is asked for, and tells how things stand, whether or not it was said before.</summary>
    private async Task<CreditNoticeKind?> JudgeAsync(CreditReading reading) =>
        reading.RemainingUsd is not { } remaining ? null
        : remaining < _options.StopBelowUsd && await TryStopAsync(Left(reading)).ConfigureAwait(false) ? CreditNoticeKind.Stopped
        : remaining < _options.WarnBelowUsd ? CreditNoticeKind.Low
        : CreditNoticeKind.Recovered;

    // The log and the event are this process's own; what goes to people goes once, whichever process sends it.
    private void Say(CreditNotice notice, bool brings)
    {
        if (Take(notice))
        {
            if (notice.Kind == CreditNoticeKind.Recovered)
            {
                _logger.CreditsRecovered(Left(notice.Reading));
            }
            else
            {
                _logger.CreditsLow(notice.Text);
            }

            _notifiers.Raise(notice, Noticed, this);
        }

        if (brings)
        {
            _notifiers.Send(notice);
        }
    }

    /// <summary>Whether this process has not said so already.</summary>
    private bool Take(CreditNotice notice)
    {
        lock (_gate)
        {
            if (notice.Kind == CreditNoticeKind.Recovered)
            {
                bool wasLow = _warnedAt is not null;
                _warnedAt = null;
                return wasLow;
            }

            if (notice.Kind == CreditNoticeKind.Low && notice.Reading.At - _warnedAt < _options.WarnEvery)
            {
                return false;
            }

            _warnedAt = notice.Reading.At;
            return true;
        }
    }

    /// <summary>False also when the switch was pulled for this fall before, by whatever process: who has released it since knows why.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A switch that cannot be written is tried again with the next reading.")]
    private async Task<bool> TryStopAsync(string left)
    {
        try
        {
            if (await _store.HasStoppedAsync(_account, _options.StopBelowUsd!.Value, _ending.Token).ConfigureAwait(false))
            {
                return false;
            }

            await _switch.ActivateAsync(string.Create(CultureInfo.InvariantCulture, $"Only {left} USD are left of the OpenRouter key's limit, less than {_options.StopBelowUsd}"), IBalanceStore.TriggeredBy, cancellationToken: _ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure)
        {
            _logger.CreditsNotStopped(failure.GetType().Name);
            return false;
        }
    }
}
