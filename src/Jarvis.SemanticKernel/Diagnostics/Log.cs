using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Every message this package logs outside of storage. None takes a prompt, an answer, an upstream's text or a key.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Error, "A filter failed with {Exception} after a streamed call of tier {Tier} was over (call {CallId}).")]
    public static partial void FilterFailedAfterStream(this ILogger logger, string tier, Guid callId, string exception);

    [LoggerMessage(3002, LogLevel.Warning, "The kill switch cannot be read: {Fault} What it covers does not start until it can.")]
    public static partial void KillSwitchUnreadable(this ILogger logger, string fault);

    [LoggerMessage(3003, LogLevel.Information, "The kill switch can be read again.")]
    public static partial void KillSwitchReadable(this ILogger logger);

    [LoggerMessage(3004, LogLevel.Warning, "The kill switch ({Scope}) is active: {Reason}")]
    public static partial void KillSwitchActivated(this ILogger logger, string scope, string reason);

    [LoggerMessage(3005, LogLevel.Information, "The kill switch ({Scope}) is released.")]
    public static partial void KillSwitchReleased(this ILogger logger, string scope);

    [LoggerMessage(3008, LogLevel.Warning, "Attempt {Attempt} on tier {Tier} ({Model}) failed with {Failure} and is made again in {Wait} (call {CallId}).")]
    public static partial void CallRetried(this ILogger logger, int attempt, string tier, string model, string failure, TimeSpan wait, Guid callId);

    [LoggerMessage(3070, LogLevel.Warning, "The upstream of tier {Tier} fails. The tier is not called for {Break}, then one call tries it.")]
    public static partial void CircuitOpened(this ILogger logger, string tier, TimeSpan @break);

    [LoggerMessage(3071, LogLevel.Information, "The upstream of tier {Tier} works again.")]
    public static partial void CircuitClosed(this ILogger logger, string tier);

    [LoggerMessage(3072, LogLevel.Warning, "Tier {Tier} cannot serve ({Exception}, call {CallId}): tier {Fallback} does.")]
    public static partial void TierFellBack(this ILogger logger, string tier, string fallback, string exception, Guid callId);

    [LoggerMessage(3007, LogLevel.Warning,
        "Changes of the kill switch are not heard ({Exception}). They are read instead, and listening is tried again in {Wait}. Behind a pooler, set KillSwitch.ListenConnection.")]
    public static partial void KillSwitchNotHeard(this ILogger logger, string exception, TimeSpan wait);

    [LoggerMessage(3006, LogLevel.Critical, "The record of call {CallId} (tier {Tier}, status {Status}, cost {CostUsd} USD) is not durable.")]
    public static partial void RecordNotDurable(this ILogger logger, Guid callId, string tier, string status, decimal? costUsd, Exception exception);

    [LoggerMessage(3060, LogLevel.Information, "{Calls} calls whose answers had named no cost cost {CostUsd} USD.")]
    public static partial void CostsFound(this ILogger logger, int calls, decimal costUsd);

    [LoggerMessage(3061, LogLevel.Warning, "What {Calls} calls cost is still unknown. The next process asks about them again, and 'jarvis costs reconcile' does.")]
    public static partial void CostsLeftUnknown(this ILogger logger, int calls);

    [LoggerMessage(3062, LogLevel.Debug, "What call {CallId} cost could not be found out yet: {Fault}.")]
    public static partial void CostNotAsked(this ILogger logger, Guid callId, string fault);

    [LoggerMessage(3063, LogLevel.Warning, "The calls that earlier processes left without a cost could not be read ({Exception}).")]
    public static partial void CostsNotPickedUp(this ILogger logger, string exception);

    [LoggerMessage(3009, LogLevel.Warning, "The heartbeat of this process cannot be written: {Fault} It is tried again; calls and the kill switch do not depend on it.")]
    public static partial void HeartbeatFailed(this ILogger logger, string fault);

    [LoggerMessage(3010, LogLevel.Information, "The heartbeat of this process can be written again.")]
    public static partial void HeartbeatWorks(this ILogger logger);

    [LoggerMessage(3090, LogLevel.Warning, "{Text}")]
    public static partial void CreditsLow(this ILogger logger, string text);

    [LoggerMessage(3091, LogLevel.Information, "{Left} USD are left of the OpenRouter key's limit again.")]
    public static partial void CreditsRecovered(this ILogger logger, string left);

    [LoggerMessage(3092, LogLevel.Warning, "What is left of the OpenRouter key's limit is not known: {Reason} It is asked again.")]
    public static partial void CreditsUnknown(this ILogger logger, string reason);

    [LoggerMessage(3093, LogLevel.Information, "OpenRouter says again what is left.")]
    public static partial void CreditsKnownAgain(this ILogger logger);

    [LoggerMessage(3094, LogLevel.Error, "The kill switch could not be activated for want of credits ({Exception}). It is tried again.")]
    public static partial void CreditsNotStopped(this ILogger logger, string exception);

    [LoggerMessage(3095, LogLevel.Warning, "A notice about credits could not be brought by {Notifier} ({Exception}).")]
    public static partial void NoticeNotBrought(this ILogger logger, string notifier, string exception);

    [LoggerMessage(3040, LogLevel.Warning, "The ledger's database does not take records ({Exception}). They are kept in the local journal until it does.")]
    public static partial void StoreFails(this ILogger logger, string exception, Exception cause);

    [LoggerMessage(3041, LogLevel.Information, "The ledger's database takes records again.")]
    public static partial void StoreWorksAgain(this ILogger logger);

    [LoggerMessage(3042, LogLevel.Error, "The database refuses the record of call {CallId} (tier {Tier}, status {Status}, cost {CostUsd} USD). It is kept in the local journal as refused.")]
    public static partial void RecordRefused(this ILogger logger, Guid callId, string tier, string status, decimal? costUsd, Exception exception);

    [LoggerMessage(3043, LogLevel.Information, "Replaying {Count} records of {File}.")]
    public static partial void ReplayStarted(this ILogger logger, int count, string file);

    [LoggerMessage(3044, LogLevel.Information, "{Done} records are replayed, {Remaining} remain.")]
    public static partial void ReplayProgress(this ILogger logger, int done, int remaining);

    [LoggerMessage(3045, LogLevel.Information, "Replayed {Done} records and set {Refused} aside as refused; {File} is done.")]
    public static partial void ReplayDone(this ILogger logger, int done, int refused, string file);

    [LoggerMessage(3046, LogLevel.Warning, "The replay stopped after {Done} records, {Remaining} remain in {File}. It is tried again.")]
    public static partial void ReplayInterrupted(this ILogger logger, int done, int remaining, string file);

    [LoggerMessage(3047, LogLevel.Warning, "The last record of {File} is incomplete: its process died while writing it. All before it were replayed.")]
    public static partial void JournalTorn(this ILogger logger, string file);

    [LoggerMessage(3048, LogLevel.Error, "The journal is damaged in {Places} places. What could be read was replayed; the file is kept as {File}.")]
    public static partial void JournalDamaged(this ILogger logger, int places, string file);

    [LoggerMessage(3049, LogLevel.Warning, "A later version of this package wrote {File}. It is left to a process of that version.")]
    public static partial void JournalIsNewer(this ILogger logger, string file);

    [LoggerMessage(3050, LogLevel.Warning, "{Count} calls were under way when their process died. They are recorded, their cost is unknown ({File}).")]
    public static partial void CallsOrphaned(this ILogger logger, int count, string file);

    [LoggerMessage(3051, LogLevel.Error, "{Count} calls that were under way when their process died cannot be read any more ({File}).")]
    public static partial void IntentsDamaged(this ILogger logger, int count, string file);

    [LoggerMessage(3052, LogLevel.Error, "What waits in {Folder} could not be brought into the ledger ({Exception}). It is tried again.")]
    public static partial void RecoveryFailed(this ILogger logger, string exception, string folder, Exception cause);

    [LoggerMessage(3080, LogLevel.Information, "The settings were read again. Tiers, routes, endpoint and key are used as they are now from the next call on.")]
    public static partial void SettingsChanged(this ILogger logger);

    [LoggerMessage(3081, LogLevel.Error, "The settings were changed and have faults, so those from before stay in use: {Faults}")]
    public static partial void SettingsRefused(this ILogger logger, string faults);
}
