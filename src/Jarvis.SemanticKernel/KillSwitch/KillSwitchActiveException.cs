using System.Globalization;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>The kill switch is active: nothing was started.</summary>
public sealed class KillSwitchActiveException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="KillSwitchActiveException"/> class, for those who bring an <see cref="IKillSwitch"/> of their own.</summary>
    /// <param name="state">The state that stopped the call.</param>
    public KillSwitchActiveException(KillSwitchState state)
        : base(Describe(state)) => State = state;

    /// <summary>Gets the state that stopped the call: why, and since when.</summary>
    public KillSwitchState State { get; }

    private static string Describe(KillSwitchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        string since = state.Since is { } at ? at.UtcDateTime.ToString(" 'since' yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : string.Empty;
        return $"The kill switch is active{since}: {state.Reason ?? "no reason was given"}. Nothing starts until an operator releases it.";
    }
}
