using Jarvis.SemanticKernel.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Jarvis.SemanticKernel.Tests.Storage;

public sealed class DatabaseTargetParserTests
{
    [Theory]
    [InlineData("postgres://me:p%40ss%2Fw@db.example:6432/app", "db.example", 6432, "me", "p@ss/w", "app")]
    [InlineData("postgresql://me@db.example/app%20one", "db.example", 5432, "me", null, "app one")]
    [InlineData("POSTGRES://db.example", "db.example", 5432, null, null, null)]
    [InlineData("postgres://me:a:b@[::1]:5433/app", "::1", 5433, "me", "a:b", "app")]
    [InlineData("postgres://me@/app?host=/var/run/postgresql", "/var/run/postgresql", 5432, "me", null, "app")]
    [InlineData("postgres://me@one:1,two:2/app", "one:1,two:2", 5432, "me", null, "app")]
    [InlineData("  Host=db.example;Username=me;Password=\"a;b\";Database=app ", "db.example", 5432, "me", "a;b", "app")]
    public void TryParse_Postgres_IsReadToTheLetter(string text, string host, int port, string? user, string? password, string? database)
    {
        Assert.True(DatabaseTargetParser.TryParse(text, "SETTING", autoMigrate: true, out DatabaseTarget? target, out _));
        NpgsqlConnectionStringBuilder builder = new(target.ConnectionString);

        Assert.Equal(DatabaseKind.Postgres, target.Kind);
        Assert.Equal((host, port, user, password, database), (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database));
        Assert.Equal("SETTING", target.Source);
        Assert.True(target.AutoMigrate);
    }

    [Theory]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=verify-full", SslMode.VerifyFull)]
    [InlineData("sslmode=verify-ca&pgbouncer=true", SslMode.VerifyCA)]
    [InlineData("sslmode=no-verify", SslMode.Require)]
    public void TryParse_SslMode_IsMapped(string query, SslMode mode)
    {
        Assert.True(DatabaseTargetParser.TryParse($"postgres://h/d?{query}", "S", false, out DatabaseTarget? target, out _));
        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(target.ConnectionString).SslMode);
    }

    [Fact]
    public void TryParse_OtherParameters_AreMapped()
    {
        Assert.True(DatabaseTargetParser.TryParse("postgres://h/d?application_name=my%20app&connect_timeout=7&options=-c%20work_mem%3D1MB&schema=app", "S", false, out DatabaseTarget? target, out _));
        NpgsqlConnectionStringBuilder builder = new(target.ConnectionString);

        Assert.Equal(("my app", 7, "-c work_mem=1MB", "app"), (builder.ApplicationName, builder.Timeout, builder.Options, builder.SearchPath));
    }

    [Theory]
    [InlineData("/var/lib/jarvis/a=b.db", "/var/lib/jarvis/a=b.db")]
    [InlineData("sqlite:/var/lib/jarvis.db", "/var/lib/jarvis.db")]
    [InlineData("sqlite:///var/lib/jarvis.db", "/var/lib/jarvis.db")]
    [InlineData("Data Source=/var/lib/jarvis.db;Default Timeout=3", "/var/lib/jarvis.db")]
    public void TryParse_Sqlite_NamesTheFile(string text, string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Rooted otherwise there.");
        Assert.True(DatabaseTargetParser.TryParse(text, "S", false, out DatabaseTarget? target, out _));
        Assert.Equal(DatabaseKind.Sqlite, target.Kind);
        Assert.Equal(path, new SqliteConnectionStringBuilder(target.ConnectionString).DataSource);
    }

    [Theory]
    [InlineData("jarvis.db")]
    [InlineData("sub/jarvis.sqlite")]
    [InlineData("sqlite:jarvis")]
    [InlineData("./jarvis")]
    public void TryParse_RelativePath_IsMadeAbsolute(string text)
    {
        Assert.True(DatabaseTargetParser.TryParse(text, "S", false, out DatabaseTarget? target, out _));
        Assert.StartsWith(Environment.CurrentDirectory, new SqliteConnectionStringBuilder(target.ConnectionString).DataSource, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("sqlite:")]
    [InlineData(":memory:")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x;Mode=Memory;Cache=Shared")]
    [InlineData("/tmp/")]
    [InlineData("sEcReT")]
    [InlineData("user:sEcReT@host/db")]
    [InlineData("mysql://user:sEcReT@host/db")]
    [InlineData("postgres://user:sEcReT@/db")]
    [InlineData("postgres://user:sEcReT@host:port/db")]
    [InlineData("postgres://user:sEcReT@host:0/db")]
    [InlineData("postgres://user:pa?sEcReT=1@host/db")]
    [InlineData("postgres://user:pa/sEcReT@host/db")]
    [InlineData("postgres://user:sEcReT@host/db?no_such_parameter=sEcReT")]
    [InlineData("postgres://user:sEcReT@host/db?sslmode=sEcReT")]
    [InlineData("Host=h;Password=a;sEcReT=b")]
    [InlineData("Host=h;Port=sEcReT")]
    [InlineData("Password=sEcReT")]
    [InlineData("Host=h;Password='sEcReT")]
    public void TryParse_Unreadable_SaysWhatIsAllowedAndNothingOfTheText(string text)
    {
        Assert.False(DatabaseTargetParser.TryParse(text, "JARVIS_DATABASE_URL", true, out DatabaseTarget? target, out string? fault));
        Assert.Null(target);
        Assert.StartsWith("JARVIS_DATABASE_URL ", fault, StringComparison.Ordinal);
        Assert.Contains("Allowed are", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("sEcReT", fault, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Default_IsAFileOfTheUser()
    {
        DatabaseTarget target = DatabaseTargetParser.Default(autoMigrate: true);

        Assert.EndsWith(Path.Combine("jarvis", "jarvis.db"), new SqliteConnectionStringBuilder(target.ConnectionString).DataSource, StringComparison.Ordinal);
        Assert.DoesNotContain("jarvis.db", target.ToString(), StringComparison.Ordinal);
    }
}
