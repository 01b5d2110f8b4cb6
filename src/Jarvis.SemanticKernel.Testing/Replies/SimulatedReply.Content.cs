using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.Testing;

/// <content>Modifiers of what a reply says.</content>
public sealed partial class SimulatedReply
{
    /// <summary>Sets the usage that the answer reports, in place of the fixed rule.</summary>
    /// <param name="promptTokens">The prompt's tokens, cached ones included.</param>
    /// <param name="completionTokens">The answer's tokens, reasoning included.</param>
    /// <param name="costJson">The text of the JSON number written as <c>cost</c>, character for character, such as <c>4.14e-05</c>; <see langword="null"/> computes it
    /// from the price list, or takes 0 for a bring-your-own-key call.</param>
    /// <param name="cachedTokens">The prompt tokens read from a cache.</param>
    /// <param name="cacheWriteTokens">The prompt tokens written to a cache.</param>
    /// <param name="reasoningTokens">The reasoning tokens.</param>
    /// <param name="upstreamCostJson">Makes it a bring-your-own-key call: what the own provider account pays, written as given. The call bills both costs.</param>
    /// <returns>The changed reply.</returns>
    /// <remarks>On an error inside a 200 it adds the usage and bills it; on an error answer and on raw bytes it changes nothing.</remarks>
    /// <exception cref="ArgumentException">A cost is not a JSON number, or has more digits than a <see cref="decimal"/>; send such a body with <see cref="Raw"/>.</exception>
    public SimulatedReply WithUsage(
        int promptTokens,
        int completionTokens,
        [StringSyntax(StringSyntaxAttribute.Json)] string? costJson = null,
        int cachedTokens = 0,
        int cacheWriteTokens = 0,
        int reasoningTokens = 0,
        [StringSyntax(StringSyntaxAttribute.Json)] string? upstreamCostJson = null)
    {
        ThrowIfNoMoney(costJson, nameof(costJson));
        ThrowIfNoMoney(upstreamCostJson, nameof(upstreamCostJson));
        var usage = new ReplyUsage(promptTokens, completionTokens, costJson, cachedTokens, cacheWriteTokens, reasoningTokens, upstreamCostJson);
        return With(reply => reply.Usage = usage);
    }

    /// <summary>Leaves the usage out of the answer. The call is still billed, as if the usage had been lost.</summary>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithoutUsage() => With(reply => reply.ShowsUsage = false);

    /// <summary>Leaves <c>cost</c>, <c>cost_details</c> and <c>is_byok</c> out of the usage, as answers before December 2025 did. The call is still billed.</summary>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithoutCost() => With(reply => reply.ShowsCost = false);

    /// <summary>Sets the text of the answer, also beside tool calls.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithText(string text) => With(reply => reply.AnswerText = text);

    /// <summary>Adds visible reasoning to the answer.</summary>
    /// <param name="reasoning">The reasoning's text.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithReasoning(string reasoning) => With(reply => reply.Reasoning = reasoning);

    /// <summary>Sets the provider that answered; otherwise it follows from the model's author.</summary>
    /// <param name="provider">The provider's display name, such as <c>Amazon Bedrock</c>.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithProvider(string provider) => With(reply => reply.Provider = provider);

    /// <summary>Lets another model answer than was asked for, as a fallback does. It is the one billed.</summary>
    /// <param name="model">The model's id.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithModel(string model) => With(reply => reply.Model = model);

    /// <summary>Sets why the model stopped; otherwise <c>stop</c> or <c>tool_calls</c>.</summary>
    /// <param name="finishReason">The normalised reason, such as <c>length</c>.</param>
    /// <param name="nativeFinishReason">The provider's word; <see langword="null"/> takes <paramref name="finishReason"/>.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithFinishReason(string finishReason, string? nativeFinishReason = null) => With(reply =>
    {
        reply.FinishReason = finishReason;
        reply.NativeFinishReason = nativeFinishReason ?? finishReason;
    });

    /// <summary>Adds response headers, replacing those of the same name.</summary>
    /// <param name="headers">The names and values.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithHeaders(params (string Name, string Value)[] headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return With(reply => reply.Headers = reply.Headers.AddRange(headers.Select(header => KeyValuePair.Create(header.Name, header.Value))));
    }

    private static void ThrowIfNoMoney(string? json, string parameter)
    {
        if (json is not null && !ExactMoney.TryParse(json, out _))
        {
            throw new ArgumentException($"'{json}' is not a JSON number that a decimal holds exactly.", parameter);
        }
    }
}
