using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace KillSwitchSample;

/// <summary>The agent's tool: an inbox that never gets empty.</summary>
internal sealed class Inbox
{
    private int _taken;

    [KernelFunction, Description("Takes the next mail out of the inbox.")]
    public string Next()
    {
        int mail = Interlocked.Increment(ref _taken);
        Screen.Tool($"inbox: mail no. {mail}");
        return $"Mail no. {mail}: my wheel arrived bent.";
    }
}
