namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The filters around every physical call, outermost first.</summary>
internal sealed class ModelCallPipeline(IReadOnlyList<IModelCallFilter> filters)
{
    private readonly IModelCallFilter[] _filters = [.. filters];

    /// <summary>Runs the call through the filters; <paramref name="send"/> is what the innermost one continues to.</summary>
    public Task RunAsync(ModelCallContext context, Func<ModelCallContext, Task> send) => new Run(_filters, send).EnterAsync(context);

    /// <summary>One walk inwards and back. All filters share one continuation: the position tells whose it is.</summary>
    private sealed class Run
    {
        private readonly IModelCallFilter[] _filters;
        private readonly Func<ModelCallContext, Task> _send;
        private readonly Func<ModelCallContext, Task> _next;
        private int _position;
        private bool _isReturning;

        public Run(IModelCallFilter[] filters, Func<ModelCallContext, Task> send) => (_filters, _send, _next) = (filters, send, ContinueAsync);

        public async Task EnterAsync(ModelCallContext context)
        {
            int own = _position;
            if (own == _filters.Length)
            {
                await _send(context).ConfigureAwait(false);
                _isReturning = true;
                return;
            }

            await _filters[own].OnModelCallAsync(context, _next).ConfigureAwait(false);
            _isReturning = true;
            if (_position == own && context.Response is null)
            {
                throw new InvalidOperationException(
                    $"The model call filter {_filters[own].GetType()} neither called next nor set the response. Do one of the two, or throw.");
            }
        }

        private Task ContinueAsync(ModelCallContext context)
        {
            // Inwards, only the filter that was entered last can continue. A second call comes on the way back, or while the innermost is still at work.
            if (_isReturning || _position == _filters.Length)
            {
                throw new InvalidOperationException(
                    "A model call filter called next twice. A second call would be billed again, so it was not made; retries belong around the chain. Filters, outermost first: "
                    + string.Join(", ", _filters.Select(filter => filter.GetType().Name)) + ".");
            }

            _position++;
            return EnterAsync(context);
        }
    }
}
