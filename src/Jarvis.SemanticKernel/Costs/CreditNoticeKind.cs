namespace Jarvis.SemanticKernel;

/// <summary>What happened to the credits.</summary>
public enum CreditNoticeKind
{
    /// <summary>Less is left than <see cref="CreditOptions.WarnBelowUsd"/>.</summary>
    Low,

    /// <summary>Less was left than <see cref="CreditOptions.StopBelowUsd"/>, and the kill switch was activated.</summary>
    Stopped,

    /// <summary>Enough is left again.</summary>
    Recovered,
}
