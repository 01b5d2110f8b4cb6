namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>The callers' results of the samples, read off the samples by eye.</summary>
internal static class ExpectedReplies
{
    private static readonly Dictionary<string, ExpectedReply> All = new()
    {
        ["01-chat-success.json"] = new("Invoice 20417 is due on 12 September and has not been paid yet."),
        ["03-chat-stream-success.sse"] = new("The nightly export finished at 02:14 without errors."),
        ["04-chat-tools-parallel.json"] = new(Tools:
            "toolu_01Vq3LmPzR8sKtYw5NcXbD2a get_order(order_id=A-5531) toolu_01Jx7HfGnB4uEoWr9QdZsT6k get_stock(sku=KB-104,warehouse=rotterdam)"),
        ["05-chat-tools-final-round.json"] = new("Order A-5531 is packed. KB-104 has 42 units in Rotterdam, so it can ship today."),
        ["07-chat-stream-tools-parallel.sse"] = new(
            "I will look both up.",
            "toolu_01Dw5KsHvN2rXqZm8TbYcF4g get_order(order_id=A-5531) toolu_01Gt9PyJmC6uLoWa3ReBxS7n get_stock(sku=KB-104,warehouse=rotterdam)"),
        ["08-chat-reasoning.json"] = new("Supplier B is cheaper by 35 euro."),
        ["10-chat-cache-write.json"] = new("Policy loaded. Ask away."),
        ["12-chat-byok-no-fee.json"] = new("Draft saved."),
        ["16-chat-fallback-model-router-metadata.json"] = new("Done."),
        ["20-error-400-invalid-model.json"] = new(Code: 400, Message: "acme/fake-1.0 is not a valid model ID"),
        ["22-error-401-missing-header.json"] = new(Code: 401, Message: "Missing Authentication header"),
        ["24-error-402-insufficient-for-max-tokens.json"] = new(
            Code: 402, Message: "This call requires more credits, or fewer max_tokens: 32000 asked for, 11840 affordable."),
        ["26-error-402-in-flight-budget.json"] = new(
            Code: 402, Message: "In-flight requests already hold the whole budget of this account.", RetryAfterSeconds: 7),
        ["29-error-403-key-limit-exhausted.json"] = new(
            Code: 403, Message: "Key limit exceeded (weekly limit). $20.05 of $20.00 used; resets 2026-10-12T00:00:00.000Z."),
        ["30-error-403-moderation.json"] = new(Code: 403, Message: "Input flagged."),
        ["36-error-429-provider-raw-string.json"] = new(Code: 429, Message: "Provider returned error", RetryAfterSeconds: 11),
        ["38-error-429-free-tier-daily.json"] = new(Code: 429, Message: "Rate limit exceeded: free-models-per-day.", RetryAfterSeconds: 3600),
        ["40-error-500-masked.json"] = new(Code: 500, Message: "Internal Server Error"),
        ["41-error-502-provider-raw-object.json"] = new(Code: 502, Message: "Provider returned error"),
        ["42-error-503-no-provider.json"] = new(Code: 503, Message: "No provider can serve this request now.", RetryAfterSeconds: 15),
        ["44-error-529-overloaded.json"] = new(Code: 529, Message: "Provider returned error"),
        ["50-midstream-error-documented.sse"] = new("The first two steps are", Code: 502, Message: "Upstream connection dropped"),
        ["52-stream-error-first-event.sse"] = new(Code: 429, Message: "Rate limit exceeded"),
        ["54-200-error-body.json"] = new(Code: 502, Message: "Provider returned error"),
    };

    public static ExpectedReply Of(string sample) => All[sample];
}
