using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads tokens and cost. The cost goes from the wire's digits to decimal, never through double.</summary>
internal static class UsageReader
{
    public static void Read(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        int? promptTokens = null;
        int? completionTokens = null;
        decimal? cost = null;
        bool? isByok = null;
        Details details = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed("prompt_tokens"u8))
            {
                promptTokens = reader.ReadCount();
            }
            else if (reader.IsNamed("completion_tokens"u8))
            {
                completionTokens = reader.ReadCount();
            }
            else if (reader.IsNamed("cost"u8))
            {
                cost = reader.ReadDecimal();
            }
            else if (reader.IsNamed("is_byok"u8))
            {
                reader.Read();
                isByok = reader.TokenType switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => null };
                reader.Skip();
            }
            else if (reader.IsNamed("cost_details"u8) || reader.IsNamed("prompt_tokens_details"u8) || reader.IsNamed("completion_tokens_details"u8))
            {
                ReadDetails(ref reader, ref details);
            }
            else if (reader.IsNamed("server_tool_use_details"u8) || reader.IsNamed("server_tool_use"u8))
            {
                details.HasOtherCharges |= HasAnyCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // Taken over only when the object is whole: the last number of a body that was cut may lack digits.
        facts.HasUsage = true;
        // What a later event does not say does not become unknown by that.
        facts.PromptTokens = promptTokens ?? facts.PromptTokens;
        facts.CompletionTokens = completionTokens ?? facts.CompletionTokens;
        facts.CachedTokens = details.CachedTokens ?? facts.CachedTokens;
        facts.CacheWriteTokens = details.CacheWriteTokens ?? facts.CacheWriteTokens;
        facts.ReasoningTokens = details.ReasoningTokens ?? facts.ReasoningTokens;
        facts.IsByok = isByok ?? facts.IsByok;
        facts.HasOtherCharges |= details.HasOtherCharges;
        facts.CostUsd = ModelCallUsage.TotalCost(cost, details.UpstreamCost, isByok == true) ?? facts.CostUsd;
    }

    // The names are different in all of the objects that hold details.
    private static void ReadDetails(ref Utf8JsonReader reader, ref Details details)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed("upstream_inference_cost"u8))
            {
                details.UpstreamCost = reader.ReadDecimal();
            }
            else if (reader.IsNamed("cached_tokens"u8))
            {
                details.CachedTokens = reader.ReadCount();
            }
            else if (reader.IsNamed("cache_write_tokens"u8))
            {
                details.CacheWriteTokens = reader.ReadCount();
            }
            else if (reader.IsNamed("reasoning_tokens"u8))
            {
                details.ReasoningTokens = reader.ReadCount();
            }
            else if (reader.IsNamed("audio_tokens"u8) || reader.IsNamed("video_tokens"u8) || reader.IsNamed("image_tokens"u8))
            {
                details.HasOtherCharges |= reader.ReadDecimal() > 0m;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static bool HasAnyCount(ref Utf8JsonReader reader)
    {
        bool hasAny = false;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            hasAny |= reader.ReadDecimal() > 0m;
        }

        return hasAny;
    }

    private struct Details
    {
        public decimal? UpstreamCost;
        public int? CachedTokens;
        public int? CacheWriteTokens;
        public int? ReasoningTokens;
        public bool HasOtherCharges;
    }
}
