using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The <c>usage</c> object of answers and of a stream's last chunk.</summary>
internal static class UsageJson
{
    public static void Write(Utf8JsonWriter json, AnswerUsage usage, bool showsCost)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.PromptTokens);
        json.WriteNumber("completion_tokens"u8, usage.CompletionTokens);
        json.WriteNumber("total_tokens"u8, usage.PromptTokens + usage.CompletionTokens);
        if (showsCost)
        {
            WriteAmount(json, "cost"u8, usage.CostUsd, usage.CostJson);
            json.WriteBoolean("is_byok"u8, usage.IsByok);
        }

        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedTokens);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWriteTokens);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteNumber("video_tokens"u8, 0);
        json.WriteEndObject();
        if (showsCost)
        {
            WriteCostDetails(json, usage);
        }

        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens);
        json.WriteNumber("image_tokens"u8, 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCostDetails(Utf8JsonWriter json, AnswerUsage usage)
    {
        json.WriteStartObject("cost_details"u8);

        // Since February 2026 an ordinary call repeats its cost here; only with an own provider key is it a second amount.
        if (usage.IsByok)
        {
            WriteAmount(json, "upstream_inference_cost"u8, usage.UpstreamCostUsd, usage.UpstreamCostJson);
        }
        else
        {
            WriteAmount(json, "upstream_inference_cost"u8, usage.CostUsd, usage.CostJson);
        }

        json.WriteNumber("upstream_inference_prompt_cost"u8, usage.PromptCostUsd);
        json.WriteNumber("upstream_inference_completions_cost"u8, usage.CompletionCostUsd);
        json.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal amount, string? text)
    {
        json.WritePropertyName(name);
        if (text is null)
        {
            json.WriteNumberValue(amount);
        }
        else
        {
            json.WriteRawValue(text, skipInputValidation: true);
        }
    }
}
