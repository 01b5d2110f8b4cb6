using System.Globalization;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing;

/// <content>Errors that concern the key, its credits and its limits.</content>
public sealed partial class SimulatedReply
{
    /// <summary>401: the request carried no key.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply MissingAuthentication() => Error(401, "Missing Authentication header", namesUser: false);

    /// <summary>401: the key does not exist, or not any more.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply UnknownKey() => Error(401, "User not found.", namesUser: false);

    /// <summary>402: the balance does not cover the call at its <c>max_tokens</c>. Waiting does not help.</summary>
    /// <param name="requestedTokens">The tokens asked for.</param>
    /// <param name="affordableTokens">The tokens that the balance covers.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply InsufficientCredits(int requestedTokens = 32000, int affordableTokens = 11840) => Error(
        402,
        $"This request requires more credits, or fewer max_tokens. You requested up to {requestedTokens} tokens, but can only afford {affordableTokens}.",
        Limit("openrouter_credits", "Add credits, or lower max_tokens.", json => json.WriteNull("provider_name")));

    /// <summary>402: the rest of the key's limit does not cover the call at its <c>max_tokens</c>.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply KeyLimitTooLow() => Error(
        402, "This request requires more than this key may still spend.", Limit("openrouter_key_limit", "Raise the key's limit, or lower max_tokens."));

    /// <summary>402: calls in flight hold the account's budget. The only 402 worth retrying; comes with <c>Retry-After</c>.</summary>
    /// <param name="retryAfter">What <c>Retry-After</c> says, in whole seconds; 7 seconds unless given.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply InFlightBudget(TimeSpan? retryAfter = null) => Error(
        402,
        "Requests in flight hold the whole budget of this account.",
        Limit("openrouter_in_flight_budget", "Retry after the time in Retry-After.", json => json.WriteString("reason", "in_flight_budget_exhausted")))
        .RetryingAfter(retryAfter ?? TimeSpan.FromSeconds(7));

    /// <summary>402: this one call is estimated above the whole in-flight budget. Waiting does not help.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply InFlightWeightTooLarge() => Error(
        402,
        "This request alone exceeds the budget of this account.",
        Limit("openrouter_credits", "Add credits, or lower max_tokens.", json => json.WriteString("reason", "weight_exceeds_budget")));

    /// <summary>403: the key has spent its limit.</summary>
    /// <param name="window">The limit's window: <c>total</c>, <c>daily</c>, <c>weekly</c> or <c>monthly</c>.</param>
    /// <param name="limitUsd">The limit.</param>
    /// <param name="spendUsd">What was spent.</param>
    /// <param name="resetsAt">When the window starts anew; <see langword="null"/> for never.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply KeyLimit(string window = "weekly", decimal limitUsd = 20m, decimal spendUsd = 20.05m, DateTimeOffset? resetsAt = null) => Error(
        403,
        $"Key limit exceeded ({window} limit)",
        Limit("openrouter_key_limit", null, json =>
        {
            json.WriteString("scope", "key_limit");
            json.WriteNumber("limit_usd", limitUsd);
            json.WriteNumber("spend_usd", spendUsd);
            if (resetsAt is { } instant)
            {
                json.WriteString("resets_at", instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            }
        }));

    /// <summary>403: a workspace's or guardrail's budget is spent. There is no <c>Retry-After</c>.</summary>
    /// <param name="limitSource">Whose budget, as <c>limit_source</c> names it.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply BudgetSpent(string limitSource = "openrouter_workspace_budget") =>
        Error(403, "Budget exceeded", Limit(limitSource, null));

    /// <summary>403: a management key was used for a completion.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply ManagementKeyCannotChat() => Error(403, "Management keys cannot be used for completions");

    /// <summary>403: an inference key was used where a management key is needed.</summary>
    /// <returns>The reply.</returns>
    public static SimulatedReply ManagementKeyNeeded() => Error(403, "Only management keys can perform this operation");

    /// <summary>429: the account used up its free-model calls of the day.</summary>
    /// <param name="resetsAt">When the day ends; written as epoch milliseconds.</param>
    /// <param name="limit">The calls that a day allows.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply FreeTierDaily(DateTimeOffset resetsAt, int limit = 50) =>
        FreeTier("Rate limit exceeded: free-models-per-day.", "openrouter_free_tier_daily", limit, resetsAt);

    /// <summary>429: the account used up its free-model calls of the minute.</summary>
    /// <param name="resetsAt">When the minute ends; written as epoch milliseconds.</param>
    /// <param name="limit">The calls that a minute allows.</param>
    /// <returns>The reply.</returns>
    public static SimulatedReply FreeTierPerMinute(DateTimeOffset resetsAt, int limit = 20) =>
        FreeTier("Rate limit exceeded: free-models-per-min.", null, limit, resetsAt);

    private static SimulatedReply FreeTier(string message, string? limitSource, int limit, DateTimeOffset resetsAt)
    {
        (string Name, string Value)[] headers =
        [
            ("X-RateLimit-Limit", limit.ToString(CultureInfo.InvariantCulture)),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", resetsAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        ];
        return Error(429, message, Limit(limitSource, null, json =>
        {
            json.WriteStartObject("headers");
            Array.ForEach(headers, header => json.WriteString(header.Name, header.Value));
            json.WriteEndObject();
            json.WriteNull("provider_name");
        })).WithHeaders(headers);
    }

    private static string Limit(string? source, string? hint, Action<Utf8JsonWriter>? more = null) => JsonText.Object(json =>
    {
        more?.Invoke(json);
        if (source is not null)
        {
            json.WriteString("limit_source", source);
        }

        if (hint is not null)
        {
            json.WriteString("remedy_hint", hint);
        }
    });

    private SimulatedReply RetryingAfter(TimeSpan wait) =>
        WithHeaders(("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
}
