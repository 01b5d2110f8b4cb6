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
        _notifiers = new CreditNotifiers([.. notifiers], time, logger);
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
        await _store.AddAsync(_account, reading, cancellationToken).ConfigureAwait(false);
        await JudgeAsync(reading).ConfigureAwait(false);
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

    private async Task JudgeAsync(CreditReading reading)
    {
        if (reading.RemainingUsd is not { } remaining)
        {
            return;
        }

        string left = remaining.ToString("0.00####", CultureInfo.InvariantCulture);
        bool isStopped = remaining < _options.StopBelowUsd && await TryStopAsync(left).ConfigureAwait(false);
        if (Take(reading.At, remaining, isStopped) is not { } kind)
        {
            return;
        }

        string text = kind switch
        {
            CreditNoticeKind.Recovered => $"{left} USD are left of the OpenRouter key's limit again.",
            CreditNoticeKind.Stopped => $"Only {left} USD are left of the OpenRouter key's limit. The kill switch is activated.",
            _ => $"Only {left} USD are left of the OpenRouter key's limit.",
        };
        if (kind == CreditNoticeKind.Recovered)
        {
            _logger.CreditsRecovered(left);
        }
        else
        {
            _logger.CreditsLow(text);
        }

        CreditNotice notice = new(kind, text, reading);
        _notifiers.Send(notice, Noticed, this);
    }

    /// <summary>What there is to say, which this process does not say a second time.</summary>
    private CreditNoticeKind? Take(DateTimeOffset at, decimal left, bool isStopped)
    {
        lock (_gate)
        {
            if (left >= _options.WarnBelowUsd)
            {
                bool wasLow = _warnedAt is not null;
                _warnedAt = null;
                return wasLow ? CreditNoticeKind.Recovered : null;
            }

            if (at - _warnedAt < _options.WarnEvery && !isStopped)
            {
                return null;
            }

            _warnedAt = at;
            return isStopped ? CreditNoticeKind.Stopped : CreditNoticeKind.Low;
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
