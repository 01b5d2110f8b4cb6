namespace Jarvis.SemanticKernel.Tests.Fixtures;

internal interface IRunningPostgres : IAsyncDisposable
{
    /// <summary>As a role that may create databases and roles.</summary>
    string ConnectionString { get; }
}
