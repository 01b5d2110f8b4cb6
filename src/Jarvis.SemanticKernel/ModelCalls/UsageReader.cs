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
        int? cachedTokens = null;
        int? reasoningTokens = null;
        decimal? cost = null;
        decimal? upstreamCost = null;
        bool isByok = false;
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
                isByok = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.IsNamed("cost_details"u8))
            {
                upstreamCost = ReadDetails(ref reader, "upstream_inference_cost"u8, static (ref Utf8JsonReader r) => r.ReadDecimal());
            }
            else if (reader.IsNamed("prompt_tokens_details"u8))
            {
                cachedTokens = ReadDetails(ref reader, "cached_tokens"u8, static (ref Utf8JsonReader r) => r.ReadCount());
            }
            else if (reader.IsNamed("completion_tokens_details"u8))
            {
                reasoningTokens = ReadDetails(ref reader, "reasoning_tokens"u8, static (ref Utf8JsonReader r) => r.ReadCount());
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
        facts.CachedTokens = cachedTokens ?? facts.CachedTokens;
        facts.ReasoningTokens = reasoningTokens ?? facts.ReasoningTokens;
        facts.CostUsd = TotalCost(cost, upstreamCost, isByok) ?? facts.CostUsd;
    }

    // Without a key of one's own the upstream cost repeats the cost, and adding the two would count twice. A negative cost is a fault, not a credit.
    private static decimal? TotalCost(decimal? cost, decimal? upstreamCost, bool isByok) =>
        cost is null or < 0m ? null
        : !isByok ? cost
        : upstreamCost is null or < 0m || cost > decimal.MaxValue - upstreamCost ? null
        : cost + upstreamCost;

    private delegate T? ReadValue<T>(ref Utf8JsonReader reader)
        where T : struct;

    private static T? ReadDetails<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ReadValue<T> readValue)
        where T : struct
    {
        T? value = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed(name))
            {
                value = readValue(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return value;
    }
}
