namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The filters around every physical call, outermost first.</summary>
internal sealed class ModelCallPipeline(IReadOnlyList<IModelCallFilter> filters)
{
    /// <summary>Runs the call through the filters; <paramref name="send"/> is what the innermost one continues to.</summary>
    public Task RunAsync(ModelCallContext context, Func<ModelCallContext, Task> send) => new Step(this, 0, send).RunAsync(context);

    private sealed class Step(ModelCallPipeline pipeline, int index, Func<ModelCallContext, Task> send)
    {
        private Task? _continued;

        public async Task RunAsync(ModelCallContext context)
        {
            if (index == pipeline.Filters.Count)
            {
                await send(context).ConfigureAwait(false);
                return;
            }

            IModelCallFilter filter = pipeline.Filters[index];
            await filter.OnModelCallAsync(context, ContinueAsync).ConfigureAwait(false);
            if (_continued is { IsCompleted: false })
            {
                // A filter that did not await next must not leave a call behind that nobody records and nobody has an answer of.
                await _continued.ConfigureAwait(false);
            }

            if (context.Response is null)
            {
                throw new InvalidOperationException(
                    _continued is null ? $"The model call filter {filter.GetType()} neither called next nor set the response. Do one of the two, or throw."
                    : $"The model call filter {filter.GetType()} kept a failure to itself and set no response instead. Set one, or let the exception pass.");
            }
        }

        private Task ContinueAsync(ModelCallContext context)
        {
            if (_continued is not null)
            {
                throw new InvalidOperationException(
                    $"The model call filter {pipeline.Filters[index].GetType()} called next twice. A second call would be billed again; retries belong around the chain.");
            }

            return _continued = new Step(pipeline, index + 1, send).RunAsync(context);
        }
    }

    private IReadOnlyList<IModelCallFilter> Filters { get; } = filters;
}
