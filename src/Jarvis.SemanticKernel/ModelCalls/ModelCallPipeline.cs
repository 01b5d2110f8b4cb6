namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The filters around every physical call, outermost first.</summary>
internal sealed class ModelCallPipeline(IReadOnlyList<IModelCallFilter> filters)
{
    /// <summary>Runs the call through the filters; <paramref name="send"/> is what the innermost one continues to.</summary>
    public Task RunAsync(ModelCallContext context, Func<ModelCallContext, Task> send) => new Step(this, 0, send).RunAsync(context);

    private sealed class Step(ModelCallPipeline pipeline, int index, Func<ModelCallContext, Task> send)
    {
        private bool _hasContinued;

        public async Task RunAsync(ModelCallContext context)
        {
            if (index == pipeline.Filters.Count)
            {
                await send(context).ConfigureAwait(false);
                return;
            }

            IModelCallFilter filter = pipeline.Filters[index];
            await filter.OnModelCallAsync(context, ContinueAsync).ConfigureAwait(false);
            if (!_hasContinued && context.Response is null)
            {
                throw new InvalidOperationException(
                    $"The model call filter {filter.GetType()} neither called next nor set the response. Do one of the two, or throw.");
            }
        }

        private Task ContinueAsync(ModelCallContext context)
        {
            if (_hasContinued)
            {
                throw new InvalidOperationException(
                    $"The model call filter {pipeline.Filters[index].GetType()} called next twice. A second call would be billed again; retries belong around the chain.");
            }

            _hasContinued = true;
            return new Step(pipeline, index + 1, send).RunAsync(context);
        }
    }

    private IReadOnlyList<IModelCallFilter> Filters { get; } = filters;
}
