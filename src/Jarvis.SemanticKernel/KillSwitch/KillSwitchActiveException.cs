using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>A kill switch is active, the global one or one that covers the call: nothing was started.</summary>
public sealed class KillSwitchActiveException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="KillSwitchActiveException"/> class, for those who bring an <see cref="IKillSwitch"/> of their own.</summary>
    /// <param name="state">The state that stopped the call.</param>
    public KillSwitchActiveException(KillSwitchState state)
        : base(Describe(state)) => State = state;

    /// <summary>Gets the state that stopped the call: which switch, why, and since when.</summary>
    public KillSwitchState State { get; }

    private static string Describe(KillSwitchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string since = state.Since is { } at ? at.UtcDateTime.ToString(" 'since' yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : string.Empty;
        return $"{KillSwitchWords.Of(state.Scope)} is active{since}: {state.Reason ?? "no reason was given"}. "
            + $"{KillSwitchWords.Covered(state.Scope)} starts until {KillSwitchWords.Release(state.Scope)}.";
    }
}
