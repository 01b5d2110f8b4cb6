namespace Jarvis.SemanticKernel;

/// <summary>What became of one physical model call.</summary>
public enum AiCallStatus
{
    /// <summary>The model answered and the answer was complete.</summary>
    Ok,

    /// <summary>The upstream refused the call or failed while answering, or no connection to it came about.</summary>
    Error,

    /// <summary>The caller gave up, or an operator cut the call, before the answer was complete.</summary>
    Cancelled,

    /// <summary>A time limit of this process ended the call.</summary>
    Timeout,

    /// <summary>The connection ended before the answer was complete, with no error from the upstream.</summary>
    Cut,
}
