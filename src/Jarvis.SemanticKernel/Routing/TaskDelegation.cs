using System.Globalization;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>
/// A delegated task is a call of its own, inside of the one that delegated it: what stops that one stops it too. The task is a message, never a template: a model wrote it.
/// </summary>
internal sealed class TaskDelegation(TierCatalog catalog, TierPriceComparison prices, IOptionsMonitor<JarvisRoutingOptions> options) : ITaskDelegation
{
    private const string Route = "delegated";

    private static readonly CallAttribution Delegated = new() { Route = Route };

    public async Task<string> DescribeTiersAsync(CancellationToken cancellationToken)
    {
        TierSet tiers = catalog.Current;
        IReadOnlyDictionary<string, decimal> relative = await prices.CompareAsync(tiers, options.CurrentValue, cancellationToken).ConfigureAwait(false);
        return string.Join('\n', tiers.Names.Select(name =>
        {
            string purpose = options.CurrentValue.Tiers.TryGetValue(name, out TierOptions? tier) && tier.Purpose is { Length: > 0 } said ? said : "no purpose was given";
            string price = relative.TryGetValue(name, out decimal times)
                ? times == 1m ? "the lowest price" : string.Create(CultureInfo.InvariantCulture, $"about {times:0.#} times the lowest price")
                : "price unknown";
            return $"{name}: {purpose}; {price}.";
        }));
    }

    public async Task<string> RunAsync(Kernel kernel, string task, string tier, bool withTools, CancellationToken cancellationToken)
    {
        TierSet tiers = catalog.Current;
        DelegationOptions limits = options.CurrentValue.Delegation;
        LogicalCall? around = LogicalCall.Around();
        int depth = DepthOf(around);
        if (tiers.Find(tier ?? string.Empty) is not { } served)
        {
            return $"Nothing was delegated: there is no tier of that name. Use one of: {string.Join(", ", tiers.Names)}.";
        }

        if (string.IsNullOrWhiteSpace(task))
        {
            return "Nothing was delegated: the task is empty. Write all that is needed into it, since nothing else of this conversation is seen.";
        }

        if (depth >= limits.MaxDepth)
        {
            return "Nothing was delegated: a delegated task may not delegate further here. Do it yourself.";
        }

        if (withTools && !limits.AllowTools)
        {
            return "Nothing was delegated: delegated tasks have no tools here. Say with_tools false, and write what they need into the task.";
        }

        if (around?.Run.TryDelegate(limits.MaxTasks) == false)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Nothing was delegated: this run has delegated {limits.MaxTasks} tasks, which is the most. Do the rest yourself.");
        }

        using IDisposable run = JarvisScope.Begin(run: TimeOrderedId.New().ToString("N"));
        var history = new ChatHistory();
        history.AddUserMessage(task);
        PromptExecutionSettings? settings = withTools ? new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() } : null;
        IReadOnlyList<ChatMessageContent> answer = await new TierChatCompletionService(new BoundTier(served, Delegated))
            .GetChatMessageContentsAsync(history, settings, withTools ? ToolsOf(kernel, mayDelegate: depth + 1 < limits.MaxDepth) : null, cancellationToken).ConfigureAwait(false);
        return answer[0].Content ?? string.Empty;
    }

    private static int DepthOf(LogicalCall? call)
    {
        int depth = 0;
        for (; call is not null; call = call.Outer)
        {
            depth += call.Attribution.Route == Route ? 1 : 0;
        }

        return depth;
    }

    // What a task may not use it is not offered: a model pays for every word of it.
    private static Kernel ToolsOf(Kernel kernel, bool mayDelegate)
    {
        Kernel own = kernel.Clone();
        if (!mayDelegate && own.Plugins.TryGetPlugin(ITaskDelegation.Plugin, out KernelPlugin? routing))
        {
            own.Plugins.Remove(routing);
        }

        return own;
    }
}
