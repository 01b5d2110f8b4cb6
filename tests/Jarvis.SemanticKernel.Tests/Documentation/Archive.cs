using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

#region tool
internal sealed class Archive(IKillSwitch killSwitch)
{
    [KernelFunction, Description("Copies the archive, which takes hours.")]
    public async Task<string> CopyAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, killSwitch.StopToken);
        await CopyForHoursAsync(ending.Token);
        return "Copied.";
    }

    #endregion
    public TaskCompletionSource Copying { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task CopyForHoursAsync(CancellationToken cancellationToken)
    {
        Copying.TrySetResult();
        return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
    #region tool
}
#endregion
