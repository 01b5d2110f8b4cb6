using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Ledger.Journal;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Jarvis.SemanticKernel.Tests.Ledger.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Ledger;

/// <summary>Where the journal of a database lies, and who shares it.</summary>
public sealed class JournalPlacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Default_OfAFileIsBesideItAndOfPostgresInLocalApplicationData()
    {
        string file = Path.Combine(_folder.Path, "jarvis.db");
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);

        Assert.StartsWith(Path.Combine($"{file}.journal", "jarvis.db-"), await FolderAsync(file), StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(local, "jarvis", "journal", "agents-"), await FolderAsync("postgres://me:secret@db.example/agents"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:secret@db.example/agents", "Host=db.example;Username=me;Password=other;Database=agents;Maximum Pool Size=7", true)]
    [InlineData("postgres://me:secret@db.example/agents", "postgres://me:secret@db.example:5432/agents?connect_timeout=3", true)]
    [InlineData("postgres://me:secret@db.example/agents", "postgres://me:secret@db.example/other", false)]
    [InlineData("postgres://me:secret@db.example/agents", "postgres://me:secret@db.example:5433/agents", false)]
    [InlineData("postgres://me:secret@db.example/agents", "postgres://you:secret@db.example/agents", true)]
    [InlineData("postgres://me:secret@db.example/agents", "Host=db.example;Username=me;Database=agents;Search Path=theirs", false)]
    public async Task Folder_IsThatOfTheDatabaseHoweverItIsNamed(string one, string two, bool isSame)
    {
        string first = await FolderAsync(one);
        string second = await FolderAsync(two);

        Assert.Equal(isSame, first == second);
        Assert.DoesNotContain("secret", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameThatIsNoFileName_MakesAFolderAllTheSame()
    {
        string folder = await FolderAsync("Host=db.example;Username=me;Database='../a b/\u00e9'");

        Assert.Matches("/\\.\\._a_b__-[0-9a-f]{16}$", folder);
    }

    [Fact]
    public async Task TwoContainersInOneProcess_HaveFilesOfTheirOwnAndLeaveEachOthersAlone()
    {
        string file = Path.Combine(_folder.Path, "jarvis.db");
        await using JarvisHarness one = await JarvisHarness.StartAsync(file);
        await using JarvisHarness two = await JarvisHarness.StartAsync(file);
        TaskCompletionSource mayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        one.Upstream.DefaultReply = Testing.SimulatedReply.Text("x").WaitFor(mayAnswer.Task);
        Task call = one.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        await one.Upstream.WaitForRequestsAsync(1, Ct);

        await two.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
        Assert.True(await two.Services.GetRequiredService<LedgerJournal>().LookAsync());
        Assert.Equal(2, _folder.Files("*.intents").Length);
        mayAnswer.SetResult();
        await call;

        SpendReport report = await one.Services.GetRequiredService<ICostReport>().GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.MaxValue }, Ct);
        Assert.Equal((2, 0, 0), (report.Total.Calls, report.Total.FailedCalls, report.Total.UnresolvedCalls));
    }

    [Fact]
    public async Task ContainerThatEndsInOrder_LeavesNoFile()
    {
        string file = Path.Combine(_folder.Path, "jarvis.db");
        await using (JarvisHarness jarvis = await JarvisHarness.StartAsync(file))
        {
            await jarvis.Chat(Tier.Mid).GetChatMessageContentAsync("Work", cancellationToken: Ct);
            Assert.Single(_folder.Files("*.intents"));
        }

        Assert.Empty(Directory.GetFiles($"{file}.journal", "*", SearchOption.AllDirectories));
    }

    // As the kernels are that IKernelBuilder builds.
    [Fact]
    public async Task JournalThatNobodyHoldsAnyMore_LetsGoOfItsFiles()
    {
        await LeaveAsync(_folder.Path);
        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                using FileStream? adopted = JournalFolder.TryAdopt(_folder.Files("*.journal")[0]);
                return Task.FromResult(adopted is not null);
            },
            Ct);

        await using JournalUnderTest next = new(_folder.Path, new MemoryStore());
        Assert.True(await next.Journal.LookAsync());
        Assert.Equal([JournalBytes.Short(1)], next.Store.Calls);
        Assert.Empty(_folder.Files());
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "That is what it is about.")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task LeaveAsync(string folder)
    {
        JournalUnderTest left = new(folder, new MemoryStore { Fails = _ => new IOException("down") });
        await left.Ledger.AppendAsync(JournalBytes.Short(1));
        ModelCallContext call = CallsUnderWay.New();
        left.Journal.Begin(call).Settle(call);
    }

    private static async Task<string> FolderAsync(string database)
    {
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        services.AddJarvisOperator(options => options.Database = database);
        await using ServiceProvider provider = services.BuildServiceProvider();
        return (await provider.GetRequiredService<ILedgerJournal>().GetStateAsync(Ct)).Folder!;
    }
}
