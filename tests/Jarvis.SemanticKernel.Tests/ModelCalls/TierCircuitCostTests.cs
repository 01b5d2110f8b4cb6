using System.Net;
using Jarvis.SemanticKernel.ModelCalls;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Sdk;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

public class TierCircuitCostTests
{
    private const int Attempts = 100_000;

    [Fact]
    public void Closed_CostsAnAttemptNoAllocation()
    {
        var circuit = new TierCircuit("mid", new CircuitBreakerOptions(), TimeProvider.System, NullLogger.Instance);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://upstream.invalid");
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        var answered = new ModelCallContext(request, "mid", "m", CancellationToken.None) { IsSent = true, Response = response };
        Run(circuit, answered);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(circuit, answered);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A window of the breaker now and then.
        Assert.True(allocated < Attempts / 10, $"{allocated} bytes for {Attempts} attempts");
    }

    private static void Run(TierCircuit circuit, ModelCallContext answered)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (!circuit.TryPass(out bool isProbe, out _))
            {
                throw new XunitException("A closed circuit holds nobody back.");
            }

            Task counting = circuit.CountAsync(answered, isProbe).AsTask();
            if (!counting.IsCompletedSuccessfully)
            {
                throw new XunitException("Nothing is waited for.");
            }
        }
    }
}
