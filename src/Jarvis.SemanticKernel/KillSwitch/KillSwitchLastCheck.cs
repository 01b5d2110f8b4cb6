namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>Innermost: looks at the switch once more, after everything that took time, and has it looked at again when the connection stands.</summary>
internal sealed class KillSwitchLastCheck(KillSwitchFilter filter) : IModelCallFilter
{
    private readonly Func<ModelCallContext, CancellationToken, ValueTask> _check = (context, token) => filter.CheckRequestAsync(context.Request, token);

    public Task OnModelCallAsync(ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        context.LeavingCheck = _check;
        ValueTask check = filter.CheckRequestAsync(context.Request, context.CancellationToken);
        return check.IsCompletedSuccessfully ? next(context) : CheckAndContinueAsync(check, context, next);
    }

    private static async Task CheckAndContinueAsync(ValueTask check, ModelCallContext context, Func<ModelCallContext, Task> next)
    {
        await check.ConfigureAwait(false);
        await next(context).ConfigureAwait(false);
    }
}
