namespace Jarvis.SemanticKernel;

/// <summary>
/// Runs around every physical model call: each round of a tool loop, each retry, streamed or not. Register implementations as services; they run in the order of
/// their registration, after the kill switch and before the ledger.
/// </summary>
public interface IModelCallFilter
{
    /// <summary>Runs around one call.</summary>
    /// <param name="context">The call. After <paramref name="next"/> it also holds what became of it.</param>
    /// <param name="next">
    /// Continues the call. When it returns, the call is over, for streams too: the caller reads the stream meanwhile, and gets its last event only when all
    /// filters have returned. Call it exactly once, or set <see cref="ModelCallContext.Response"/> instead.
    /// </param>
    /// <returns>A task that ends when the filter is done.</returns>
    /// <exception cref="InvalidOperationException">Thrown by the chain when a filter neither continues nor answers, or continues twice.</exception>
    Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next);
}
