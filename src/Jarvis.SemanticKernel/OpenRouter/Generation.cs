using System.Text.Json;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>What OpenRouter says of one call afterwards.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Provider">The provider that answered.</param>
/// <param name="Usage">The tokens that were billed and what they cost; the cost is null when the answer holds none that can be meant.</param>
/// <param name="IsFinished">False for a row that was there before the call was accounted for: no reason why it ended, no tokens, no cost.</param>
internal sealed record Generation(string? Model, string? Provider, ModelCallUsage Usage, bool IsFinished)
{
    // The native counts are the ones that are billed. The upstream's cost is zero here unless the call went through a provider key of one's own, the opposite of the
    // field of this name in an answer; one rule serves both.
    public static Generation Read(JsonElement data)
    {
        decimal? cost = data.Decimal("total_cost") ?? data.Decimal("usage");
        var usage = new ModelCallUsage(
            data.Count("native_tokens_prompt"),
            data.Count("native_tokens_completion"),
            data.Count("native_tokens_cached"),
            data.Count("native_tokens_reasoning"),
            ModelCallUsage.TotalCost(cost, data.Decimal("upstream_inference_cost"), data.Flag("is_byok") == true));
        bool isFinished = data.Text("finish_reason") is not null || usage.PromptTokens > 0 || usage.CompletionTokens > 0 || cost > 0m;
        return new Generation(data.Text("model"), data.Text("provider_name"), usage, isFinished);
    }
}
