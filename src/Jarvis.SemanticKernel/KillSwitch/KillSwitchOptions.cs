namespace Jarvis.SemanticKernel;

/// <summary>How fast and how carefully the kill switch is read, and what it does to calls under way.</summary>
public sealed class KillSwitchOptions
{
    /// <summary>Gets or sets how long a read of the switch may be reused.</summary>
    /// <value>Between zero and one minute; the default is one second.</value>
    /// <remarks>
    /// An activation by this process holds at once, in all of its containers that share the database; a release holds at once in the container that made it. Any other
    /// change is seen as soon as the database tells of it, which only Postgres does, and within this time plus <see cref="ReadTimeout"/> at the latest.
    /// </remarks>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets how long a caller waits for the switch to be read before it counts as unreadable.</summary>
    /// <value>More than zero, at most 30 seconds; the default is 500 milliseconds. The first use, which may create the tables, waits longer.</value>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets or sets what becomes of this process's calls under way when the switch is activated by somebody who does not say.</summary>
    /// <value>The default is <see cref="KillSwitchInFlight.Finish"/>. An activation that says something itself wins over this setting, in every process.</value>
    public KillSwitchInFlight InFlight { get; set; }

    /// <summary>Gets or sets a value indicating whether this process keeps a row in the database that says that it lives and which change of the switch it has taken over.</summary>
    /// <value>On by default. Written every ten seconds and after each change, and only by programs that call models.</value>
    /// <remarks>Off for programs that run for seconds, which would be waited for after their end, and for roles that may not write it. Nothing else depends on it.</remarks>
    public bool Heartbeat { get; set; } = true;

    /// <summary>Gets or sets the connection on which this process listens for changes of the switch in a Postgres database.</summary>
    /// <value>
    /// A <c>postgres://</c> URL or an Npgsql connection string that leads to the server itself. By default that of the database; set it where that one leads through a
    /// pooler in transaction mode, which loses notifications. Not used with SQLite.
    /// </value>
    public string? ListenConnection { get; set; }

    /// <summary>Gets or sets how old the last good read may be while newer ones fail. Beyond it, nothing starts.</summary>
    /// <value>At least <see cref="CacheDuration"/>, at most one hour; the default is <see cref="CacheDuration"/>.</value>
    public TimeSpan? MaxStaleness { get; set; }
}
