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

    [LoggerMessage(3007, LogLevel.Warning,
        "Changes of the kill switch are not heard ({Exception}). They are read instead, and listening is tried again in {Wait}. Behind a pooler, set KillSwitch.ListenConnection.")]
    public static partial void KillSwitchNotHeard(this ILogger logger, string exception, TimeSpan wait);

    [LoggerMessage(3006, LogLevel.Critical, "The record of call {CallId} (tier {Tier}, status {Status}, cost {CostUsd} USD) is not durable.")]
    public static partial void RecordNotDurable(this ILogger logger, Guid callId, string tier, string status, decimal? costUsd, Exception exception);

    [LoggerMessage(3009, LogLevel.Warning, "The heartbeat of this process cannot be written: {Fault} It is tried again; calls and the kill switch do not depend on it.")]
    public static partial void HeartbeatFailed(this ILogger logger, string fault);

    [LoggerMessage(3010, LogLevel.Information, "The heartbeat of this process can be written again.")]
    public static partial void HeartbeatWorks(this ILogger logger);
}
