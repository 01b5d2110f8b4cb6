using System.Globalization;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The body of <c>/models</c>: the price list.</summary>
internal static class ModelsJson
{
    private static readonly string[] Parameters =
        ["max_tokens", "reasoning", "response_format", "seed", "stop", "structured_outputs", "temperature", "tool_choice", "tools", "top_p"];

    private static readonly string[] DefaultParameters =
        ["temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "repetition_penalty"];

    public static void Write(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, ModelPrice>> prices)
    {
        int count = 0;
        json.WriteStartObject();
        json.WriteStartArray("data"u8);
        foreach ((string id, ModelPrice price) in prices)
        {
            WriteModel(json, id, price);
            count++;
        }

        json.WriteEndArray();
        json.WriteNumber("total_count"u8, count);
        json.WriteStartObject("links"u8);
        json.WriteNull("next"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, string id, ModelPrice price)
    {
        (int contextLength, int maxOutput) = Limits(id);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("canonical_slug"u8, id);
        json.WriteString("hugging_face_id"u8, string.Empty);
        json.WriteString("name"u8, id);
        json.WriteNumber("created"u8, 1759104000);
        json.WriteString("description"u8, "A simulated model.");
        json.WriteNumber("context_length"u8, contextLength);
        json.WriteStartObject("architecture"u8);
        json.WriteString("modality"u8, "text->text"u8);
        WriteStrings(json, "input_modalities", "text");
        WriteStrings(json, "output_modalities", "text");
        json.WriteString("tokenizer"u8, "Other"u8);
        json.WriteNull("instruct_type"u8);
        json.WriteEndObject();
        WritePricing(json, price);
        json.WriteStartObject("top_provider"u8);
        json.WriteNumber("context_length"u8, contextLength);
        json.WriteNumber("max_completion_tokens"u8, maxOutput);
        json.WriteBoolean("is_moderated"u8, false);
        json.WriteEndObject();
        json.WriteNull("per_request_limits"u8);
        WriteStrings(json, "supported_parameters", Parameters);
        json.WriteStartObject("default_parameters"u8);
        Array.ForEach(DefaultParameters, json.WriteNull);
        json.WriteEndObject();
        json.WriteNull("supported_voices"u8);
        json.WriteNull("knowledge_cutoff"u8);
        json.WriteNull("expiration_date"u8);
        json.WriteStartObject("links"u8);
        json.WriteString("details"u8, $"{ApiRouter.BasePath}/models/{id}/endpoints");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePricing(Utf8JsonWriter json, ModelPrice price)
    {
        json.WriteStartObject("pricing"u8);
        json.WriteString("prompt"u8, Text(price.PromptUsd));
        json.WriteString("completion"u8, Text(price.CompletionUsd));
        json.WriteString("input_cache_read"u8, Text(price.CacheReadUsd));
        if (price.CacheWriteUsd != 0m)
        {
            json.WriteString("input_cache_write"u8, Text(price.CacheWriteUsd));
        }

        json.WriteEndObject();
    }

    private static (int ContextLength, int MaxOutput) Limits(string id) => id switch
    {
        "anthropic/claude-opus-4.6" => (1_000_000, 128_000),
        "anthropic/claude-sonnet-4.5" => (1_000_000, 64_000),
        "x-ai/grok-4.1-fast" => (2_000_000, 30_000),
        _ => (128_000, 16_000),
    };

    private static string Text(decimal price) => ExactMoney.Trim(price).ToString(CultureInfo.InvariantCulture);

    private static void WriteStrings(Utf8JsonWriter json, string name, params IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
