using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Checks the switch at every point where something can start. Whatever it stops inside a call stays stopped until that call is over: Semantic Kernel makes a message
/// for the model of a tool filter's exception and would call the model again.
/// </summary>
internal sealed class KillSwitchFilter(IKillSwitchGate gate) : IPromptRenderFilter, IFunctionInvocationFilter, IAutoFunctionInvocationFilter, IModelCallFilter
{
    public async Task OnPromptRenderAsync(PromptRenderContext context, Func<PromptRenderContext, Task> next)
    {
        // A template may call functions, for a prompt whose tier is known already.
        await gate.ThrowIfStoppedAsync(KillSwitchSubject.Of(context), context.CancellationToken).ConfigureAwait(false);
        await next(context).ConfigureAwait(false);
    }

    public async Task OnFunctionInvocationAsync(FunctionInvocationContext context, Func<FunctionInvocationContext, Task> next)
    {
        if (!AlwaysCallable.Contains(context.Function))
        {
            await CheckFunctionAsync(context.CancellationToken).ConfigureAwait(false);
        }

        await next(context).ConfigureAwait(false);
    }

    public async Task OnAutoFunctionInvocationAsync(AutoFunctionInvocationContext context, Func<AutoFunctionInvocationContext, Task> next)
    {
        try
        {
            await CheckFunctionAsync(context.CancellationToken).ConfigureAwait(false);
        }
        catch (KernelException)
        {
            // Ends the tool loop; the call's latch is what makes an exception of it.
            context.Terminate = true;
            throw;
        }

        await next(context).ConfigureAwait(false);
    }

    public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        ValueTask check = CheckRequestAsync(context.Request, context.CancellationToken);
        return check.IsCompletedSuccessfully ? AttemptAsync(context, next) : CheckAndAttemptAsync(check, context, next);
    }

    internal ValueTask CheckRequestAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        gate.ThrowIfStoppedAsync(KillSwitchSubject.Of(request), cancellationToken);

    private static async Task CheckAndAttemptAsync(ValueTask check, ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        await check.ConfigureAwait(false);
        await AttemptAsync(context, next).ConfigureAwait(false);
    }

    private static async Task AttemptAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        StopLink? link = StopLink.Of(context.Request);
        if (link?.EnterAttempt(context) is { } stop)
        {
            throw link.ToException(stop);
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            link?.LeaveAttempt();
        }
    }

    private ValueTask CheckFunctionAsync(CancellationToken cancellationToken) => gate.ThrowIfStoppedAsync(KillSwitchSubject.OfCurrentCode(), cancellationToken);
}
