using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>Nobody can tell whether the kill switch is active, so nothing was started.</summary>
public sealed class KillSwitchUnavailableException : KernelException
{
    /// <summary>Initializes a new instance of the <see cref="KillSwitchUnavailableException"/> class, for those who bring an <see cref="IKillSwitch"/> of their own.</summary>
    /// <param name="fault">What keeps the switch from being read or written, and what to do about it, as a sentence.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public KillSwitchUnavailableException(string fault, Exception? innerException = null)
        : base($"The kill switch cannot be read or written: {fault} Nothing starts until it can.", innerException)
    {
    }

    internal KillSwitchUnavailableException(KillSwitchState state)
        : base($"{KillSwitchWords.Of(state.Scope)} cannot be read: {state.Fault} {KillSwitchWords.Covered(state.Scope)} starts until it can.")
    {
    }
}
