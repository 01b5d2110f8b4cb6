namespace Jarvis.SemanticKernel;

/// <summary>Whether calls may start.</summary>
/// <param name="IsActive">True when nothing may start.</param>
/// <param name="Reason">Why it was last activated or released; <see langword="null"/> when it never was.</param>
/// <param name="Since">Since when, UTC; <see langword="null"/> when it was never changed or nobody wrote it down.</param>
public sealed record KillSwitchState(bool IsActive, string? Reason, DateTimeOffset? Since);
