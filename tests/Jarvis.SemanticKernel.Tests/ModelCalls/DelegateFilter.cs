namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>A user's filter.</summary>
internal sealed class DelegateFilter(Func<ModelCallContext, Func<ModelCallContext, Task>, Task> run) : IModelCallFilter
{
    public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next) => run(context, next);
}
