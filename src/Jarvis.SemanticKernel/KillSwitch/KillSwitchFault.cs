using System.Data.Common;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>What a failure of the store looks like to people: what happened, and what to do about it.</summary>
internal static class KillSwitchFault
{
    /// <summary>What those are told whom the switch stops.</summary>
    public static Exception ToException(KillSwitchState stop) => stop.Fault is null ? new KillSwitchActiveException(stop) : new KillSwitchUnavailableException(stop);

    public static string Describe(Exception failure) => failure switch
    {
        JarvisDatabaseException => failure.Message,

        // A driver's first line names tables, hosts and codes, never a password; the lines after it quote the statement.
        DbException => $"the database failed: {failure.Message.Split('\r', '\n')[0].TrimEnd('.')}. Check that the server runs and that 'jarvis db migrate' has made its tables.",
        _ => $"the database failed ({failure.GetType().Name}).",
    };
}
