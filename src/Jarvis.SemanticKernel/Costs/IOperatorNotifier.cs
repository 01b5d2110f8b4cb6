namespace Jarvis.SemanticKernel;

/// <summary>Brings notices to people. Register any number as singletons; one that fails or hangs hurts nobody.</summary>
public interface IOperatorNotifier
{
    /// <summary>Brings one notice.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="cancellationToken">Canceled after ten seconds.</param>
    /// <returns>A task that completes when it is brought.</returns>
    Task NotifyAsync(CreditNotice notice, CancellationToken cancellationToken);
}
