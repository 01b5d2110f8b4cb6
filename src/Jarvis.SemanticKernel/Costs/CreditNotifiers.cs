using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.Costs;

/// <summary>Brings notices to everybody who wants them, beside whatever else happens. Nobody waits for it, and no failure gets out.</summary>
internal sealed class CreditNotifiers(IReadOnlyList<IOperatorNotifier> notifiers, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public bool Any => notifiers.Count > 0;

    public void Send(CreditNotice notice)
    {
        foreach (IOperatorNotifier notifier in notifiers)
        {
            _ = Detached.Run(() => NotifyAsync(notifier, notice));
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The code of others.")]
    public void Raise(CreditNotice notice, EventHandler<CreditNoticeEventArgs>? handlers, object sender)
    {
        foreach (EventHandler<CreditNoticeEventArgs> handler in handlers?.GetInvocationList().Cast<EventHandler<CreditNoticeEventArgs>>() ?? [])
        {
            try
            {
                handler(sender, new CreditNoticeEventArgs(notice));
            }
            catch (Exception failure)
            {
                logger.NoticeNotBrought(handler.Method.DeclaringType?.Name ?? "a handler", failure.GetType().Name);
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The code of others.")]
    private async Task NotifyAsync(IOperatorNotifier notifier, CreditNotice notice)
    {
        try
        {
            using CancellationTokenSource patience = new(Patience, time);
            await notifier.NotifyAsync(notice, patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Its text may hold the address, which is a secret.
            logger.NoticeNotBrought(notifier.GetType().Name, failure.GetType().Name);
        }
    }
}
