namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>The endpoint's price list, kept for a while. Thread-safe.</summary>
internal interface IPriceList
{
    /// <summary>Prices tokens by the list in memory.</summary>
    /// <param name="model">The model that answered.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="startedAt">When the call started: some prices depend on the time of day.</param>
    /// <param name="costUsd">The exact cost; null when the list does not tell it.</param>
    /// <returns>False when there is no list in memory, or too old a one: nothing is known then.</returns>
    bool TryPrice(string model, TokenCounts tokens, DateTimeOffset startedAt, out decimal? costUsd);

    /// <summary>Fetches the list unless the one in memory is fresh.</summary>
    /// <exception cref="ApiFailureException">There is no usable answer.</exception>
    Task RefreshAsync(CancellationToken cancellationToken);
}
