namespace Jarvis.SemanticKernel;

/// <summary>How what is left of the key's limit is watched. Asking is no model call and costs nothing.</summary>
public sealed class CreditOptions
{
    /// <summary>Gets or sets a value indicating whether a host that starts watches by itself. Without a host, see <see cref="ICreditMonitor.Start"/>.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Gets or sets how often is asked.</summary>
    /// <value>Ten seconds to one day; the default is five minutes.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets or sets below how many USD is warned.</summary>
    /// <value>Zero, which never warns, or more; the default is 5.</value>
    public decimal WarnBelowUsd { get; set; } = 5m;

    /// <summary>Gets or sets how long a warning is not repeated while it stays like that.</summary>
    /// <value>One minute to seven days; the default is one hour.</value>
    public TimeSpan WarnEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Gets or sets below how many USD the kill switch is activated, so that work winds down before OpenRouter refuses it.</summary>
    /// <value><see langword="null"/>, the default, never does; else zero to <see cref="WarnBelowUsd"/>. Once for each time that it falls below.</value>
    public decimal? StopBelowUsd { get; set; }

    /// <summary>Gets the addresses that are sent warnings, as webhooks of Discord and Slack take them.</summary>
    /// <value>Absolute http or https addresses. They are secrets, and appear in no log.</value>
    public IList<Uri> Webhooks { get; } = [];
}
