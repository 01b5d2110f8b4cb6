using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Chooses the tier of a prompt: service id, then model id, then <c>WithTier</c>, then the route rules, then the default tier.</summary>
internal sealed class TierServiceSelector(TierCatalog catalog) : IAIServiceSelector, IChatClientSelector
{
    // Semantic Kernel's own selector, which is internal: what a kernel without one uses. It serves everything that is not chat.
    private static readonly IAIServiceSelector Stock = new Kernel().ServiceSelector;

    public bool TrySelectAIService<T>(
        Kernel kernel,
        KernelFunction function,
        KernelArguments arguments,
        [NotNullWhen(true)] out T? service,
        out PromptExecutionSettings? serviceSettings)
        where T : class, IAIService
    {
        if (typeof(T) != typeof(IChatCompletionService))
        {
            return Stock.TrySelectAIService(kernel, function, arguments, out service, out serviceSettings);
        }

        service = (T)Select(kernel, function, arguments, out serviceSettings);
        return true;
    }

    public bool TrySelectChatClient<T>(
        Kernel kernel,
        KernelFunction function,
        KernelArguments arguments,
        [NotNullWhen(true)] out T? service,
        out PromptExecutionSettings? serviceSettings)
        where T : class, IChatClient
    {
        // Somebody else's chat client that the settings name, or that is the kernel's only one, is not ours to route.
        if (((IChatClientSelector)Stock).TrySelectChatClient(kernel, function, arguments, out service, out serviceSettings) && service is not TierChatClient)
        {
            return true;
        }

        service = typeof(T) == typeof(IChatClient) ? (T)ToChatClient(Select(kernel, function, arguments, out serviceSettings)) : null;
        return service is not null;
    }

    private static IChatClient ToChatClient(IChatCompletionService service) =>
        service is TierChatCompletionService tier ? new TierChatClient(tier.Bound) : service.AsChatClient();

    private IChatCompletionService Select(Kernel kernel, KernelFunction function, KernelArguments arguments, out PromptExecutionSettings? settings)
    {
        TierSet tiers = catalog.Current;
        IReadOnlyDictionary<string, PromptExecutionSettings>? choices = arguments.ExecutionSettings ?? function.ExecutionSettings;
        string name = FunctionName.Of(function);
        ServedTier? tier = null;
        string route = "default";
        settings = null;

        if (choices is { Count: > 0 })
        {
            foreach ((string id, PromptExecutionSettings candidate) in choices)
            {
                if (ServiceIds.IsDefault(id))
                {
                    settings ??= candidate;
                }
                else if (FindForeign(kernel, id) is { } foreign)
                {
                    settings = candidate;
                    return foreign;
                }
                else if (tiers.Find(id) is { } named)
                {
                    (tier, route, settings) = (named, "service_id", candidate);
                    break;
                }
            }

            (tier, route, settings) = ByModel(tiers, choices, tier, route, settings);
            if (tier is null && settings is null)
            {
                throw UnknownTierException.ForServiceIds(choices.Keys, tiers);
            }
        }

        if (tier is null && ByName(tiers, arguments, name) is { } found)
        {
            if (FindForeign(kernel, found.Tier) is { } foreign)
            {
                return foreign;
            }

            tier = tiers.Find(found.Tier) ?? throw UnknownTierException.ForTier(found.Tier, tiers);
            route = found.Route;
        }

        return new TierChatCompletionService(new BoundTier(tier ?? tiers.Default, new CallAttribution { GoalId = CallArguments.FindGoal(arguments), Function = name, Route = route }));
    }

    private static (string Tier, string Route)? ByName(TierSet tiers, KernelArguments arguments, string function) =>
        CallArguments.FindTier(arguments) is { } chosen ? (chosen, "with_tier")
        : tiers.Routes.Find(function) is { } rule ? (rule.Tier, rule.Route)
        : null;

    // Somebody else's connector, registered under its own id or in a tier's place: not ours to route.
    private static IChatCompletionService? FindForeign(Kernel kernel, string id) =>
        (kernel.Services as IKeyedServiceProvider)?.GetKeyedService<IChatCompletionService>(id) is { } service and not TierChatCompletionService ? service : null;

    private static (ServedTier? Tier, string Route, PromptExecutionSettings? Settings) ByModel(
        TierSet tiers, IReadOnlyDictionary<string, PromptExecutionSettings> choices, ServedTier? tier, string route, PromptExecutionSettings? settings)
    {
        if (tier is not null)
        {
            // The connector would ignore a ModelId that differs from its own, and the caller would not notice.
            return settings!.ModelId is { Length: > 0 } model && model != tier.Model
                ? throw UnknownTierException.ForModelOfOtherTier(tier.Name, model, tiers)
                : (tier, route, settings);
        }

        bool hasDefault = settings is not null;
        foreach ((string id, PromptExecutionSettings candidate) in choices)
        {
            if (candidate.ModelId is not { Length: > 0 } model)
            {
                continue;
            }

            if (tiers.FindByModel(model) is { } serving)
            {
                return (serving, "model_id", candidate);
            }

            // Settings for a service that is not here are for another program that shares the template, their model included.
            if (ServiceIds.IsDefault(id) || !hasDefault)
            {
                throw UnknownTierException.ForModel(model, tiers);
            }
        }

        return (null, route, settings);
    }
}
