namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The filters around every physical call, outermost first.</summary>
internal sealed class ModelCallPipeline(IReadOnlyList<IModelCallFilter> filters)
{
    private readonly IModelCallFilter[] _filters = [.. filters];

    // The package's own filters continue once and wait for it, or throw. That is checked of everybody else's, at the price of a step around each.
    private readonly bool[] _isOwn = [.. filters.Select(filter => filter.GetType().Assembly == typeof(ModelCallPipeline).Assembly)];

    /// <summary>One way of a call through the filters.</summary>
    public abstract class Run
    {
        private readonly ModelCallPipeline _pipeline;
        private readonly Func<ModelCallContext, Task> _continue;
        private int _next;

        protected Run(ModelCallPipeline pipeline) => (_pipeline, _continue) = (pipeline, ContinueAsync);

        /// <summary>What the innermost filter continues to.</summary>
        protected abstract Task SendAsync(ModelCallContext call);

        /// <summary>Goes on with the next filter, the outermost one at first.</summary>
        protected internal Task ContinueAsync(ModelCallContext context)
        {
            int index = _next++;
            return index == _pipeline._filters.Length ? SendAsync(context)
                : _pipeline._isOwn[index] ? _pipeline._filters[index].OnModelCallAsync(context, _continue)
                : new Step(this, _pipeline._filters[index]).RunAsync(context);
        }
    }

    private sealed class Step(Run run, IModelCallFilter filter)
    {
        private Task? _continued;

        public async Task RunAsync(ModelCallContext context)
        {
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
                    $"The model call filter {filter.GetType()} called next twice. A second call would be billed again; retries belong around the chain.");
            }

            return _continued = run.ContinueAsync(context);
        }
    }
}
