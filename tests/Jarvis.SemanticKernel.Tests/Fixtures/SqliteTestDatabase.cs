using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

internal sealed class SqliteTestDatabase : TestDatabase
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-test-");

    public override string Setting => Path.Combine(_folder.FullName, "jarvis.db");

    public override string Corrections => "jarvis_corrections";

    public override string Details => "jarvis_call_details";

    protected override string CostText => "coalesce(cost_usd_text, CASE WHEN cost_usd_exact IS NULL THEN NULL ELSE cost_usd_exact || 'e-12' END)";

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override DbConnection Connect() => new SqliteConnection($"Data Source={Setting};Pooling=False");
}
