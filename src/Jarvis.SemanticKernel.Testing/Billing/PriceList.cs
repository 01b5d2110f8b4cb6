using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Counts tokens by the rule that <see cref="SimulatedReply"/> documents, and prices them.</summary>
internal sealed class PriceList(OpenRouterSimulatorOptions options)
{
    private const int BytesPerToken = 4;
    private readonly FrozenDictionary<string, ModelPrice> _prices = options.Prices.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly ModelPrice _otherModels = options.OtherModelsPrice;

    public IEnumerable<KeyValuePair<string, ModelPrice>> Models => _prices.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    public bool Knows(string model) => _prices.ContainsKey(model);

    public AnswerUsage Charge(SimulatedReply reply, string model, JsonElement request)
    {
        ReplyUsage usage = reply.Usage ?? Count(reply, request);
        ModelPrice price = _prices.GetValueOrDefault(model, _otherModels);
        int plainTokens = usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens;
        decimal prompt = ExactMoney.Trim(
            (plainTokens * price.PromptUsd) + (usage.CachedTokens * price.CacheReadUsd) + (usage.CacheWriteTokens * price.CacheWriteUsd));
        decimal completion = ExactMoney.Trim(usage.CompletionTokens * price.CompletionUsd);
        bool isByok = usage.UpstreamCostJson is not null;
        return new AnswerUsage
        {
            PromptTokens = usage.PromptTokens,
            CompletionTokens = usage.CompletionTokens,
            CachedTokens = usage.CachedTokens,
            CacheWriteTokens = usage.CacheWriteTokens,
            ReasoningTokens = usage.ReasoningTokens,
            CostUsd = usage.CostJson is { } cost ? Parse(cost) : isByok ? 0m : ExactMoney.Trim(ExactMoney.Add(prompt, completion)),
            CostJson = usage.CostJson,
            IsByok = isByok,
            UpstreamCostUsd = usage.UpstreamCostJson is { } upstream ? Parse(upstream) : 0m,
            UpstreamCostJson = usage.UpstreamCostJson,
            PromptCostUsd = prompt,
            CompletionCostUsd = completion,
        };
    }

    private static ReplyUsage Count(SimulatedReply reply, JsonElement request)
    {
        int reasoning = reply.Reasoning is null ? 0 : Tokens(Encoding.UTF8.GetByteCount(reply.Reasoning));
        int answer = Encoding.UTF8.GetByteCount(reply.AnswerText ?? string.Empty);
        foreach (SimulatedToolCall call in reply.Tools)
        {
            answer += Encoding.UTF8.GetByteCount(call.Name) + Encoding.UTF8.GetByteCount(call.ArgumentsJson ?? string.Empty);
        }

        int prompt = Math.Max(1, Tokens(SizeOf(request, "messages"u8) + SizeOf(request, "tools"u8)));
        return new ReplyUsage(prompt, Math.Max(1, reasoning + Tokens(answer)), CostJson: null, 0, 0, reasoning, UpstreamCostJson: null);
    }

    private static int SizeOf(JsonElement request, ReadOnlySpan<byte> name) =>
        request.ValueKind == JsonValueKind.Object && request.TryGetProperty(name, out JsonElement member) ? JsonMarshal.GetRawUtf8Value(member).Length : 0;

    private static int Tokens(int bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    private static decimal Parse(string json) =>
        ExactMoney.TryParse(json, out decimal value) ? value : throw new FormatException($"'{json}' is no exact amount.");
}
