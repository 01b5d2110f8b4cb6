using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Costs;

/// <summary>Starts watching with the host.</summary>
internal sealed class CreditMonitorHost(ICreditMonitor monitor, IOptions<JarvisRoutingOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Credits.IsEnabled)
        {
            monitor.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
