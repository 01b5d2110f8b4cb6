namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What the scanner found at the end of an event.</summary>
internal enum SseSignal
{
    /// <summary>The bytes ended before an event did.</summary>
    None,

    /// <summary>An event like any other.</summary>
    Event,

    /// <summary>The terminal event, <c>[DONE]</c>.</summary>
    Done,

    /// <summary>An event that reports an error, or that is not JSON.</summary>
    Error,
}
