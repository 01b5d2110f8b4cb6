using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>Releases whose answer arrives when the test says so.</summary>
internal sealed class FakeReleaseStore : IKillSwitchReleaseStore
{
    public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task DeactivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) => Answer.Task;
}
