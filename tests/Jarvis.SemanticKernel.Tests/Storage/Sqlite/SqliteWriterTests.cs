using Jarvis.SemanticKernel.Storage.Sqlite;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Tests.Storage.Sqlite;

public sealed class SqliteWriterTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jarvis-test-");
    private int _opened;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writes_RunOnOneThreadOfTheWritersOwnAndOneConnection()
    {
        using SqliteWriter writer = new(Open, Bound);
        List<Thread> threads = [];
        for (int i = 0; i < 3; i++)
        {
            await writer.RunAsync(_ => threads.Add(Thread.CurrentThread), Ct);
        }

        Assert.False(threads[0].IsThreadPoolThread);
        Assert.Single(threads.Distinct());
        Assert.Equal(1, _opened);
    }

    [Fact]
    public async Task NothingToWriteForAWhile_ConnectionAndThreadAreGivenBackUntilTheNextWrite()
    {
        using SqliteWriter writer = new(Open, TimeSpan.FromMilliseconds(20));
        Thread? first = null;
        await writer.RunAsync(_ => first = Thread.CurrentThread, Ct);
        await Eventually.TrueAsync(() => Task.FromResult(!first!.IsAlive), Ct);

        await writer.RunAsync(_ => Assert.NotSame(first, Thread.CurrentThread), Ct);

        Assert.Equal(2, _opened);
    }

    [Fact]
    public async Task WriteThatFails_IsUndoneAndTheNextOneWorks()
    {
        using SqliteWriter writer = new(Open, Bound);
        await writer.RunAsync(session => session.InTransaction(s => s.Statement("CREATE TABLE t (x)").Run()), Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.RunAsync(
            session => session.InTransaction(s =>
            {
                s.Statement("INSERT INTO t VALUES (?)").Bind(1).Run();
                throw new InvalidOperationException("no");
            }),
            Ct));
        await Assert.ThrowsAsync<SqliteException>(() => writer.RunAsync(session => session.InTransaction(s => s.Statement("INSERT INTO nowhere VALUES (1)").Run()), Ct));

        await writer.RunAsync(session => session.InTransaction(s => s.Statement("INSERT INTO t VALUES (?)").Bind(2).Run()), Ct);

        long? sum = null;
        await writer.RunAsync(session => sum = session.Statement("SELECT sum(x) FROM t").Run(), Ct);
        Assert.Equal(2, sum);
    }

    [Fact]
    public async Task GivenUpBeforeItsTurn_IsNeverWritten()
    {
        using SqliteWriter writer = new(Open, Bound);
        using ManualResetEventSlim mayEnd = new();
        using CancellationTokenSource caller = new();
        Task busy = writer.RunAsync(_ => mayEnd.Wait(Bound), Ct);
        bool hasRun = false;
        Task waiting = writer.RunAsync(_ => hasRun = true, caller.Token);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound, Ct));
        mayEnd.Set();
        await busy.WaitAsync(Bound, Ct);
        await writer.RunAsync(_ => { }, Ct);

        Assert.False(hasRun);
    }

    [Fact]
    public async Task Disposed_WritesWhatWaitsAndTakesNoMore()
    {
        SqliteWriter writer = new(Open, Bound);
        using ManualResetEventSlim mayEnd = new();
        Task busy = writer.RunAsync(_ => mayEnd.Wait(Bound), Ct);
        Task waiting = writer.RunAsync(_ => { }, Ct);

        Task disposed = Task.Run(writer.Dispose, Ct);
        mayEnd.Set();

        await Task.WhenAll(disposed, busy, waiting).WaitAsync(Bound, Ct);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.RunAsync(_ => { }, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("\u00e4\u4e00\ud83d\ude00")]
    [InlineData(null)]
    public async Task Statement_Text_IsStoredAsItIs(string? text)
    {
        using SqliteWriter writer = new(Open, Bound);
        string? expected = text == "x" ? new string('\u4e00', 10_000) : text;
        string? found = "nothing";
        await writer.RunAsync(
            session =>
            {
                session.Statement("CREATE TABLE t (x TEXT)").Run();
                session.Statement("INSERT INTO t VALUES (?)").Bind(expected).Run();
                using SqliteCommand command = session.Connection.CreateCommand();
                command.CommandText = "SELECT x FROM t";
                found = command.ExecuteScalar() as string;
            },
            Ct);

        Assert.Equal(expected, found);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private SqliteConnection Open()
    {
        Interlocked.Increment(ref _opened);
        SqliteConnection connection = new($"Data Source={Path.Combine(_folder.FullName, "t.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
