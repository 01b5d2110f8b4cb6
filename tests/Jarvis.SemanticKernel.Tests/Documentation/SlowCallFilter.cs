using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Tests.Documentation;

[SuppressMessage("Performance", "CA1812:Avoid uninstantiated internal classes", Justification = "The container makes it.")]
#region filter
internal sealed partial class SlowCallFilter(ILogger<SlowCallFilter> logger) : IModelCallFilter
{
    public async Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        await next(context); // the call is over when this returns, a streamed one too
        if (context.Latency > TimeSpan.FromSeconds(20))
        {
            Slow(context.Tier, context.Model, context.Latency, context.Usage?.CompletionTokens);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A call of {Tier} ({Model}) took {Latency} for {Tokens} tokens")]
    private partial void Slow(string tier, string? model, TimeSpan latency, int? tokens);
}
#endregion
