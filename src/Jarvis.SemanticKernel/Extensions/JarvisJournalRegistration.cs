using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>Puts the ledger into the container, with its journal around it or, where that is switched off, alone.</summary>
internal static class JarvisJournalRegistration
{
    public static void AddJarvisJournal(this IServiceCollection services)
    {
        services.TryAddSingleton(CreateJournal);
        services.TryAddSingleton(CreateLedger);
        services.TryAddSingleton<ILedgerJournal>(provider => new JournalExamination(UsesJournal(provider) ? CreateFolder(provider) : null, folder => CreateRefused(provider, folder)));
        services.TryAddSingleton<ICallIntents>(provider =>
            UsesJournal(provider) ? provider.GetRequiredService<LedgerJournal>() : NoCallIntents.Instance);
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The ledger around it disposes it.")]
    private static IAiCallLedger CreateLedger(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        IOptions<JarvisRoutingOptions> options = provider.GetRequiredService<IOptions<JarvisRoutingOptions>>();
        ILoggerFactory loggers = provider.GetRequiredService<ILoggerFactory>();
        if (!UsesJournal(provider))
        {
            return new GroupCommitLedger(provider.GetRequiredService<IAiCallStore>(), options, time, loggers.CreateLogger<GroupCommitLedger>());
        }

        // A record that it cannot commit is not lost yet: what becomes of it, the journal says.
        LedgerJournal journal = provider.GetRequiredService<LedgerJournal>();
        return new JournaledLedger(
            new GroupCommitLedger(journal.Store, options, time, NullLogger<GroupCommitLedger>.Instance), journal, loggers.CreateLogger<JournaledLedger>());
    }

    private static LedgerJournal CreateJournal(IServiceProvider provider) => new(
        CreateFolder(provider),
        provider.GetRequiredService<IAiCallStore>(),
        provider.GetRequiredService<IAiCallLedger>,
        Options(provider).StoreTimeout,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<LedgerJournal>>());

    private static RefusedRecords CreateRefused(IServiceProvider provider, JournalFolder folder) => new(
        folder,
        provider.GetRequiredService<IAiCallStore>(),
        Options(provider).StoreTimeout,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<LedgerJournal>>());

    private static JournalFolder CreateFolder(IServiceProvider provider)
    {
        (string place, string name) = provider.GetRequiredService<JarvisStorage>().JournalFolder;
        return new JournalFolder(Path.Combine(Options(provider).JournalFolder ?? place, name));
    }

    private static bool UsesJournal(IServiceProvider provider) => Options(provider).UseJournal;

    private static LedgerOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value.Ledger;
}
