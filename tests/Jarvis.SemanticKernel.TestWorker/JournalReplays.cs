using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.TestWorker;

/// <summary>Brings in what others left in the journal, to be killed in the middle: replay DATABASE JOURNAL RECORD-ID. Appends one record of its own, as any program would.</summary>
internal static class JournalReplays
{
    public static async Task<int> RunAsync(string[] args)
    {
        var services = new ServiceCollection();
        services.AddJarvisOperator(options => (options.Database, options.Ledger.JournalFolder) = (args[0], args[1]));
        ServiceProvider provider = services.BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            await provider.GetRequiredService<IAiCallLedger>().AppendAsync(new AiCallRecord
            {
                CallId = Guid.Parse(args[2]),
                StartedAt = TimeProvider.System.GetUtcNow(),
                Tier = Tier.Cheap,
                RequestedModel = "replay",
                Status = AiCallStatus.Ok,
            }).ConfigureAwait(false);
            Console.WriteLine("running");
            await Console.In.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return 0;
    }
}
