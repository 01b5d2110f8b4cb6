using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Hands tasks over to tiers on behalf of a model, and tells it which there are. All answers are texts for that model.</summary>
internal interface ITaskDelegation
{
    /// <summary>The name of the plugin through which models delegate. A task that may not is not given that plugin.</summary>
    const string Plugin = "Routing";

    /// <summary>Says what each tier is for, and what it costs compared with the others where that is known.</summary>
    Task<string> DescribeTiersAsync(CancellationToken cancellationToken);

    /// <summary>Has a tier do a task, and gives its answer, or the reason why it was not asked.</summary>
    Task<string> RunAsync(Kernel kernel, string task, string tier, bool withTools, CancellationToken cancellationToken);
}
