namespace Jarvis.SemanticKernel;

/// <summary>A notice about credits.</summary>
/// <param name="notice">The notice.</param>
public sealed class CreditNoticeEventArgs(CreditNotice notice) : EventArgs
{
    /// <summary>Gets the notice.</summary>
    public CreditNotice Notice { get; } = notice;
}
