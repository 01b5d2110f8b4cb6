using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>A chat completion as it reached the simulator. Thread-safe.</summary>
public sealed class SimulatedRequest
{
    private readonly TaskCompletionSource<SimulatedRequestOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _endedAtTicks;

    internal SimulatedRequest(IReadOnlyDictionary<string, string> headers, DateTimeOffset arrivedAt)
    {
        Headers = headers;
        ArrivedAt = arrivedAt;
    }

    /// <summary>Gets the body; <see cref="JsonValueKind.Undefined"/> when it was no JSON.</summary>
    /// <remarks>With <see cref="OpenRouterSimulatorOptions.KeepRequests"/> off it may be read only inside <see cref="OpenRouterSimulator.OnChat"/>.</remarks>
    public JsonElement Body { get; internal set; }

    /// <summary>Gets the model asked for: <c>model</c>, else the first of <c>models</c>, else the account's default model.</summary>
    public string Model { get; internal set; } = string.Empty;

    /// <summary>Gets a value indicating whether a stream was asked for.</summary>
    public bool IsStreaming { get; internal set; }

    /// <summary>Gets the request's headers; the names ignore case, several values are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Gets when the request arrived, by the simulator's <see cref="TimeProvider"/>.</summary>
    public DateTimeOffset ArrivedAt { get; }

    /// <summary>Gets a task that ends, never faulted, when the simulator is done with the call.</summary>
    public Task<SimulatedRequestOutcome> Completion => _completion.Task;

    /// <summary>
    /// Gets when the simulator was done with the call, by its <see cref="TimeProvider"/>, or <see langword="null"/> before. For
    /// <see cref="SimulatedRequestOutcome.ClientClosed"/> that is when the end of the client's connection arrived, while the script waited or as soon as it sent more.
    /// </summary>
    public DateTimeOffset? EndedAt => Volatile.Read(ref _endedAtTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    internal void Complete(SimulatedRequestOutcome outcome, DateTimeOffset at)
    {
        Volatile.Write(ref _endedAtTicks, at.UtcTicks);
        _completion.TrySetResult(outcome);
    }
}
