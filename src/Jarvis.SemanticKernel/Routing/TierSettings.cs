using System.Globalization;
using System.Text;
using System.Text.Json;
using Jarvis.SemanticKernel.OpenRouter;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI.Chat;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// The execution settings that a tier's connector gets: the caller's own, and what the tier adds where they say nothing. What the caller holds is never changed, and is passed
/// on as it is where nothing is to be added.
/// </summary>
internal sealed class TierSettings
{
    private const string User = "user";

    // OpenRouter knows both, and so do settings of other connectors.
    private static readonly string[] Limits = ["max_completion_tokens", "max_tokens"];

    private readonly string _tier;
    private readonly string _model;
    private readonly int _maxTokens;
    private readonly KeyValuePair<string, object?>[] _extras;
    private readonly bool _isOpenRouter;
    private readonly OpenAIPromptExecutionSettings _ofNobody;

    public TierSettings(string name, TierOptions tier)
    {
        (_tier, _model, _maxTokens, _extras, _isOpenRouter) = (name, tier.Model!, tier.MaxTokens, [.. RequestExtras.Of(tier)], tier.Endpoint is null);
        _ofNobody = new OpenAIPromptExecutionSettings();
        Complete(_ofNobody, given: null, user: null);
        _ofNobody.Freeze();
    }

    /// <summary>Makes the settings of a call.</summary>
    /// <param name="given">What the caller gave.</param>
    /// <param name="agent">The agent that makes the call, whom OpenRouter gets to know as the user.</param>
    public PromptExecutionSettings For(PromptExecutionSettings? given, string? agent)
    {
        string? user = _isOpenRouter ? agent : null;
        if (given is null && user is null)
        {
            return _ofNobody;
        }

        // What the connector does with settings of another class, just earlier.
        var settings = OpenAIPromptExecutionSettings.FromExecutionSettings(given);
        CheckModel(settings);
        if (!IsToBeCompleted(settings, user))
        {
            return settings;
        }

        if (ReferenceEquals(settings, given))
        {
            settings = (OpenAIPromptExecutionSettings)given.Clone();
            settings.ServiceId = given.ServiceId;
        }

        Complete(settings, given, user);
        return settings;
    }

    /// <summary>Makes the options of a call through Microsoft.Extensions.AI.</summary>
    /// <param name="given">What the caller gave.</param>
    /// <param name="agent">The agent that makes the call, whom OpenRouter gets to know as the user.</param>
    public ChatOptions For(ChatOptions? given, string? agent)
    {
        ChatOptions options = given?.Clone() ?? new ChatOptions();
        options.MaxOutputTokens ??= _maxTokens;
        string? user = _isOpenRouter ? agent : null;
        Func<IChatClient, object?>? own = options.RawRepresentationFactory;
        if (user is not null || own is not null || _extras.Length > 0)
        {
            options.RawRepresentationFactory = client => own?.Invoke(client) switch
            {
                null => Complete(new ChatCompletionOptions(), user),
                ChatCompletionOptions raw => Complete(raw, user),
                var other => other,
            };
        }

        return options;
    }

    private static bool Brings(OpenAIPromptExecutionSettings settings, string member)
    {
        if (settings.ExtraBody is { Count: > 0 } body)
        {
            foreach (string key in body.Keys)
            {
                // A path may reach into the member too.
                ReadOnlySpan<char> path = key.StartsWith("$.", StringComparison.Ordinal) ? key.AsSpan(2) : key;
                if (path.StartsWith(member, StringComparison.Ordinal) && (path.Length == member.Length || (path.Length < key.Length && path[member.Length] is '.' or '[')))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasLimit(OpenAIPromptExecutionSettings settings) => settings.MaxTokens is not null || Brings(settings, Limits[0]) || Brings(settings, Limits[1]);

    // Settings of another class, or made from a file, may have it among the members that the connector does not read.
    private static int? LimitInExtensionData(PromptExecutionSettings settings)
    {
        foreach (string name in Limits)
        {
            if (settings.ExtensionData?.TryGetValue(name, out object? value) == true && value?.ToString() is { Length: > 0 } text)
            {
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)
                    ? limit
                    : throw new ArgumentException($"The execution settings have '{text}' for {name}. Accepted is a whole number above zero.", nameof(settings));
            }
        }

        return null;
    }

    // Semantic Kernel carries over what all classes have, and a limit is not among it.
    private static int? LimitOfAnotherClass(PromptExecutionSettings? given)
    {
        if (given is null or OpenAIPromptExecutionSettings || given.GetType() == typeof(PromptExecutionSettings))
        {
            return null;
        }

        try
        {
            JsonElement members = JsonSerializer.SerializeToElement(given, given.GetType());
            foreach (string name in Limits)
            {
                if (members.TryGetProperty(name, out JsonElement limit) && limit.ValueKind == JsonValueKind.Number && limit.TryGetInt32(out int tokens))
                {
                    return tokens;
                }
            }
        }
        catch (Exception e) when (e is NotSupportedException or JsonException)
        {
            // It cannot be written as JSON, so nobody can tell what it says.
        }

        return null;
    }

    private bool IsToBeCompleted(OpenAIPromptExecutionSettings settings, string? user) =>
        !HasLimit(settings) || (user is not null && settings.User is null && !Brings(settings, User)) || LacksExtra(settings);

    private bool LacksExtra(OpenAIPromptExecutionSettings settings)
    {
        foreach (KeyValuePair<string, object?> extra in _extras)
        {
            if (!Brings(settings, extra.Key))
            {
                return true;
            }
        }

        return false;
    }

    private ChatCompletionOptions Complete(ChatCompletionOptions raw, string? user)
    {
        CheckModel(raw.Patch.TryGetValue("$.model"u8, out string? asked) ? asked : _model);
        raw.EndUserId ??= user;
        foreach ((string name, object? value) in _extras)
        {
            byte[] path = Encoding.UTF8.GetBytes($"$.{name}");
            if (!raw.Patch.Contains(path))
            {
                raw.Patch.Set(path, BinaryData.FromString(((JsonElement)value!).GetRawText()));
            }
        }

        return raw;
    }

    private void Complete(OpenAIPromptExecutionSettings settings, PromptExecutionSettings? given, string? user)
    {
        if (!HasLimit(settings))
        {
            settings.MaxTokens = LimitInExtensionData(settings) ?? LimitOfAnotherClass(given) ?? _maxTokens;
        }

        if (!Brings(settings, User))
        {
            settings.User ??= user;
        }

        if (LacksExtra(settings))
        {
            AddExtras(settings);
        }
    }

    private void AddExtras(OpenAIPromptExecutionSettings settings) => settings.ExtraBody = new Dictionary<string, object?>(
        [.. _extras.Where(extra => !Brings(settings, extra.Key)), .. settings.ExtraBody ?? new Dictionary<string, object?>()]);

    private void CheckModel(OpenAIPromptExecutionSettings settings)
    {
        if (settings.ExtraBody is { Count: > 0 } body && (body.TryGetValue("model", out object? asked) || body.TryGetValue("$.model", out asked)))
        {
            CheckModel(asked?.ToString());
        }
    }

    // The record would name another model than the one asked for, and a switch of that model would not be looked at.
    private void CheckModel(string? asked)
    {
        if (asked != _model)
        {
            throw UnknownTierException.ForModelInBody(_tier, _model, asked);
        }
    }
}
