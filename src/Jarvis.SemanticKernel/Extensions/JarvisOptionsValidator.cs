using Jarvis.SemanticKernel.Storage;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>Finds every fault of the options, each with the setting, what it holds and what is accepted. Secrets are not repeated.</summary>
internal sealed class JarvisOptionsValidator(JarvisRegistration registration, EnvironmentVariables environment) : IValidateOptions<JarvisRoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, JarvisRoutingOptions options)
    {
        List<string> faults = [.. options.Faults];
        CheckAccess(options, faults);
        CheckListenConnection(options, faults);
        CheckJournal(options.Ledger, faults);
        faults.AddRange(TierFaults.Find(options));
        CheckLimits(options, faults);
        if (registration is { CallsModels: true, HasScopedModelCallFilter: true })
        {
            faults.Add($"An {nameof(IModelCallFilter)} is registered as scoped. Accepted is a singleton: the filters are made once, for all calls of the process.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private void CheckAccess(JarvisRoutingOptions options, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(options.ApiKey))
        {
            if (registration.CallsModels && options.Tiers.Values.Any(tier => tier?.Endpoint is null))
            {
                faults.Add($"ApiKey is missing. Set the environment variable {JarvisOptionsSetup.ApiKeyVariable} or {nameof(JarvisRoutingOptions)}.ApiKey to a key from OpenRouter.");
            }
        }
        else if (!IsKey(options.ApiKey))
        {
            faults.Add($"ApiKey ({JarvisOptionsSetup.ApiKeyVariable}) holds a blank, a line break or a character outside ASCII. Accepted is the key alone.");
        }

        if (options.Endpoint is { } endpoint && !IsEndpoint(endpoint))
        {
            faults.Add($"Endpoint ({JarvisOptionsSetup.EndpointVariable}) is {ShownValue.Of(endpoint)}. Accepted is an absolute http or https address, such as {JarvisRoutingOptions.DefaultEndpoint}.");
        }

        if (options.AppUrl is { IsAbsoluteUri: false })
        {
            faults.Add($"AppUrl is {ShownValue.Of(options.AppUrl)}. Accepted is an absolute address, or null to send none.");
        }

        if (options.AppTitle?.Any(c => c is < ' ' or >= (char)127) == true)
        {
            faults.Add("AppTitle holds a character that cannot stand in a header. Accepted is printable ASCII, or null to send none.");
        }

        if (!JarvisDatabaseSetting.TryFind(options, environment, out _, out string? fault))
        {
            faults.Add($"Database ({JarvisOptionsSetup.DatabaseVariable}): {fault}");
        }
    }

    private static void CheckListenConnection(JarvisRoutingOptions options, List<string> faults)
    {
        if (options.KillSwitch.ListenConnection is not { } listen)
        {
            return;
        }

        if (!DatabaseTargetParser.TryParse(listen, JarvisStorage.ListenSetting, autoMigrate: false, out DatabaseTarget? target, out string? fault))
        {
            faults.Add(fault);
        }
        else if (target.Kind != DatabaseKind.Postgres)
        {
            faults.Add($"{JarvisStorage.ListenSetting} names no Postgres server. Accepted is a postgres:// URL or an Npgsql connection string, or nothing.");
        }
    }

    private static void CheckJournal(LedgerOptions ledger, List<string> faults)
    {
        if (ledger.JournalFolder is { } folder && (!Path.IsPathFullyQualified(folder) || folder.Contains('\0', StringComparison.Ordinal)))
        {
            faults.Add($"Ledger:JournalFolder is {ShownValue.Of(folder)}. Accepted is the full path of a folder on a local disk, or nothing; Ledger:UseJournal switches the journal off.");
        }
    }

    internal static bool IsKey(string key) => !key.Any(c => c is <= ' ' or >= (char)127);

    internal static bool IsEndpoint(Uri endpoint) => endpoint.IsAbsoluteUri && endpoint.Scheme is "http" or "https";

    private static void CheckLimits(JarvisRoutingOptions options, List<string> faults)
    {
        KillSwitchOptions killSwitch = options.KillSwitch;
        ResilienceOptions resilience = options.Resilience;
        TimeSpan tick = TimeSpan.FromMilliseconds(1);
        TimeSpan day = TimeSpan.FromDays(1);
        TimeSpan hour = TimeSpan.FromHours(1);

        Between("KillSwitch:CacheDuration", killSwitch.CacheDuration, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Between("KillSwitch:ReadTimeout", killSwitch.ReadTimeout, tick, TimeSpan.FromSeconds(30));
        if (killSwitch.MaxStaleness is { } staleness)
        {
            Between("KillSwitch:MaxStaleness", staleness, killSwitch.CacheDuration, hour);
        }

        if (!Enum.IsDefined(killSwitch.InFlight))
        {
            faults.Add(FormattableString.Invariant($"KillSwitch:InFlight is {killSwitch.InFlight}. Accepted is {nameof(KillSwitchInFlight.Finish)} or {nameof(KillSwitchInFlight.Cancel)}."));
        }

        Between("Ledger:StoreTimeout", options.Ledger.StoreTimeout, tick, TimeSpan.FromMinutes(10));
        ReconciliationOptions reconciliation = options.Ledger.Reconciliation;
        Between("Ledger:Reconciliation:FirstWait", reconciliation.FirstWait, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Between("Ledger:Reconciliation:LongestWait", reconciliation.LongestWait, reconciliation.FirstWait, TimeSpan.FromMinutes(10));
        Between("Ledger:Reconciliation:GiveUpAfter", reconciliation.GiveUpAfter, TimeSpan.Zero, hour);
        Between("Ledger:Reconciliation:PickUpWithin", reconciliation.PickUpWithin, TimeSpan.Zero, TimeSpan.FromDays(30));
        CreditOptions credits = options.Credits;
        Between("Credits:Interval", credits.Interval, TimeSpan.FromSeconds(10), day);
        Between("Credits:WarnBelowUsd", credits.WarnBelowUsd, 0m, 1_000_000m);
        Between("Credits:WarnEvery", credits.WarnEvery, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        if (credits.StopBelowUsd is { } stopBelow)
        {
            Between("Credits:StopBelowUsd", stopBelow, 0m, credits.WarnBelowUsd);
        }

        foreach (int at in Enumerable.Range(0, credits.Webhooks.Count).Where(at => credits.Webhooks[at] is not { IsAbsoluteUri: true, Scheme: "http" or "https" }))
        {
            faults.Add(FormattableString.Invariant($"Credits:Webhooks:{at} is no absolute http or https address."));
        }

        Between("Resilience:MaxRetries", resilience.MaxRetries, 0, 10);
        Between("Resilience:RetryDelay", resilience.RetryDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Between("Resilience:MaxRetryWait", resilience.MaxRetryWait, TimeSpan.Zero, hour);
        Between("Resilience:AttemptTimeout", resilience.AttemptTimeout, TimeSpan.FromMilliseconds(10), hour);
        Between("Resilience:FirstByteTimeout", resilience.FirstByteTimeout, TimeSpan.FromMilliseconds(10), hour);
        Between("Resilience:TotalTimeout", resilience.TotalTimeout, resilience.AttemptTimeout, day);
        Between("Resilience:StreamIdleTimeout", resilience.StreamIdleTimeout, tick, day);
        Between("Resilience:ReaderIdleTimeout", resilience.ReaderIdleTimeout, tick, day);
        Between("Resilience:StreamTimeout", resilience.StreamTimeout, tick, day);
        CircuitBreakerOptions breaker = resilience.CircuitBreaker;
        TimeSpan shortest = TimeSpan.FromMilliseconds(500);
        Between("Resilience:CircuitBreaker:FailureRatio", breaker.FailureRatio, 0.001, 1.0);
        Between("Resilience:CircuitBreaker:MinimumAttempts", breaker.MinimumAttempts, 2, 1_000_000);
        Between("Resilience:CircuitBreaker:Window", breaker.Window, shortest, day);
        Between("Resilience:CircuitBreaker:BreakDuration", breaker.BreakDuration, shortest, day);

        Between("Delegation:MaxDepth", options.Delegation.MaxDepth, 1, 5);
        Between("Delegation:MaxTasks", options.Delegation.MaxTasks, 1, 1000);

        void Between<T>(string setting, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                faults.Add(FormattableString.Invariant($"{setting} is {value}. Accepted is {least} to {most}."));
            }
        }
    }
}
