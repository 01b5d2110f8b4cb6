namespace Jarvis.SemanticKernel.Diagnostics;

/// <summary>Starts work that belongs to no single caller: the ambient values of whoever happens to be first stay out of it.</summary>
internal static class Detached
{
    public static Task Run(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Task.Run(work);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work);
        }
    }
}
