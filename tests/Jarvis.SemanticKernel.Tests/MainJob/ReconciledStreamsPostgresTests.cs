using Jarvis.SemanticKernel.Tests.Fixtures;

namespace Jarvis.SemanticKernel.Tests.MainJob;

public sealed class ReconciledStreamsPostgresTests(PostgresServer server) : ReconciledStreamsTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresTestDatabase.CreateAsync(server);
}
