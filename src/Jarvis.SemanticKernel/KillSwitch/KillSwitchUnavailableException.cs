using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel;

/// <summary>Nobody can tell whether the kill switch is active, so nothing was started.</summary>
public sealed class KillSwitchUnavailableException : KernelException
{
    internal KillSwitchUnavailableException(string fault, Exception? innerException = null)
        : base($"The kill switch cannot be read or written: {fault} Nothing starts until it can.", innerException)
    {
    }
}
