using System.Globalization;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>The body of <c>/generation</c>, consistent with what was billed.</summary>
internal static class GenerationJson
{
    private const int MillisecondsPerToken = 10;

    public static void Write(Utf8JsonWriter json, Generation generation, bool isFinished = true)
    {
        AnswerUsage? usage = isFinished ? generation.Answer.Usage : null;
        json.WriteStartObject();
        json.WriteStartObject("data"u8);
        WriteIdentity(json, generation);
        WriteOutcome(json, generation, isFinished);
        WriteTokens(json, usage);
        WriteCosts(json, usage);
        WriteCaller(json, generation);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, Generation generation)
    {
        ChatAnswer answer = generation.Answer;
        json.WriteString("id"u8, answer.Id);
        json.WriteString("upstream_id"u8, UpstreamId(answer));
        json.WriteString("request_id"u8, $"req{answer.Id.AsSpan(3)}");
        json.WriteString("session_id"u8, generation.SessionId);
        json.WriteString("created_at"u8, generation.Request.ArrivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
        json.WriteString("model"u8, answer.Model);
        json.WriteNull("router"u8);
        json.WriteString("provider_name"u8, answer.Provider);
        json.WriteStartArray("provider_responses"u8);
        json.WriteStartObject();
        json.WriteNumber("status"u8, answer.Reply.FailedWith?.Code ?? 200);
        json.WriteString("id"u8, UpstreamId(answer));
        json.WriteString("endpoint_id"u8, "00000000-0000-4000-8000-000000000001"u8);
        json.WriteString("provider_name"u8, answer.Provider);
        json.WriteString("model_permaslug"u8, answer.Model);
        json.WriteNumber("latency"u8, Latency(generation));
        json.WriteBoolean("is_byok"u8, answer.Usage?.IsByok ?? false);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("api_type"u8, "completions"u8);
    }

    private static void WriteOutcome(Utf8JsonWriter json, Generation generation, bool isFinished)
    {
        json.WriteBoolean("streamed"u8, generation.IsStreamed);
        json.WriteBoolean("cancelled"u8, generation.IsCancelled);
        json.WriteString("finish_reason"u8, isFinished ? generation.Answer.FinishReason : null);
        json.WriteString("native_finish_reason"u8, isFinished ? generation.Answer.NativeFinishReason : null);
        json.WriteNull("service_tier"u8);
        json.WriteNumber("latency"u8, Latency(generation));
        json.WriteNull("moderation_latency"u8);
        json.WriteNumber("generation_time"u8, (generation.Answer.Usage?.CompletionTokens ?? 0) * MillisecondsPerToken);
    }

    private static void WriteTokens(Utf8JsonWriter json, AnswerUsage? usage)
    {
        json.WriteNumber("tokens_prompt"u8, usage?.PromptTokens ?? 0);
        json.WriteNumber("tokens_completion"u8, usage?.CompletionTokens ?? 0);
        json.WriteNumber("native_tokens_prompt"u8, usage?.PromptTokens ?? 0);
        json.WriteNumber("native_tokens_completion"u8, usage?.CompletionTokens ?? 0);
        json.WriteNull("native_tokens_completion_images"u8);
        json.WriteNumber("native_tokens_reasoning"u8, usage?.ReasoningTokens ?? 0);
        json.WriteNumber("native_tokens_cached"u8, usage?.CachedTokens ?? 0);
        json.WriteNull("num_media_prompt"u8);
        json.WriteNull("num_input_audio_prompt"u8);
        json.WriteNumber("num_media_completion"u8, 0);
        json.WriteNull("num_search_results"u8);
        json.WriteNull("num_fetches"u8);
        json.WriteNull("web_search_engine"u8);
    }

    private static void WriteCosts(Utf8JsonWriter json, AnswerUsage? usage)
    {
        json.WriteNumber("total_cost"u8, usage?.CostUsd ?? 0m);
        json.WriteNumber("usage"u8, usage?.CostUsd ?? 0m);
        json.WriteNull("cache_discount"u8);

        // Unlike the field of this name in an answer, it is zero unless the call used an own provider key.
        json.WriteNumber("upstream_inference_cost"u8, usage?.UpstreamCostUsd ?? 0m);
        json.WriteBoolean("is_byok"u8, usage?.IsByok ?? false);
    }

    private static void WriteCaller(Utf8JsonWriter json, Generation generation)
    {
        string? referer = generation.Request.Headers.GetValueOrDefault("HTTP-Referer") ?? generation.Request.Headers.GetValueOrDefault("Referer");
        json.WriteString("origin"u8, referer ?? string.Empty);
        json.WriteString("http_referer"u8, referer);
        json.WriteString("user_agent"u8, generation.Request.Headers.GetValueOrDefault("User-Agent"));
        json.WriteString("external_user"u8, generation.EndUser);
        json.WriteNull("app_id"u8);
        json.WriteNull("preset_id"u8);
        json.WriteString("data_region"u8, "global"u8);
        json.WriteNull("workspace_id"u8);
        json.WriteNull("response_cache_source_id"u8);
    }

    private static string UpstreamId(ChatAnswer answer) => $"msg_01{answer.Id[^20..]}";

    private static long Latency(Generation generation) => (long)(generation.EndedAt - generation.Request.ArrivedAt).TotalMilliseconds;
}
