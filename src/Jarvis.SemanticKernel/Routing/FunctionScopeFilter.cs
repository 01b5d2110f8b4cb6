using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Routing;

/// <summary>Attributes what a native function or a tool calls directly to that function.</summary>
internal sealed class FunctionScopeFilter : IFunctionInvocationFilter
{
    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        AmbientCall around = AmbientCall.Current;
        AmbientCall.Current = around with { Attribution = around.Attribution with { Function = FunctionName.Of(context.Function) } };
        await next(context).ConfigureAwait(false);
    }
}
