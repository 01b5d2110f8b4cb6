using System.Text.RegularExpressions;

namespace Jarvis.SemanticKernel.Tests.Architecture;

/// <summary>What holds for every file that is committed.</summary>
public partial class RepositoryTests
{
    private const int LongestFile = 300;
    private static readonly string[] Binary = [".png", ".ico", ".nupkg", ".dll", ".db", ".gz", ".zip", ".bin"];

    [Fact]
    public void SourceFiles_HaveOneIdea()
    {
        string[] tooLong =
        [
            .. from path in Repository.Files("src", ".cs")
               where !path.Contains("/Migrations/", StringComparison.Ordinal)
               let lines = Repository.Read(path).Count(c => c == '\n')
               where lines > LongestFile
               select $"{path}: {lines} lines, at most {LongestFile} are accepted",
        ];

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Texts_NameNoMachineAndNoRegistry()
    {
        string[] faults =
        [
            .. from path in Repository.Files()
               where !Binary.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
               from fault in FaultsOf(Repository.Read(path))
               select $"{path}: {fault}",
        ];

        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("see ", "/", "home/somebody/project")]
    [InlineData("C:", "\\", "Users\\somebody")]
    [InlineData("https://packages.example/v3", "/", "index.json")]
    [InlineData("https://host/art", "", "ifactory/api/nuget")]
    public void FaultsOf_MachineOrRegistry_FindsIt(string before, string separator, string after) => Assert.NotEmpty(FaultsOf(before + separator + after));

    [Theory]
    [InlineData("src/Jarvis.SemanticKernel/Routing/Tier.cs")]
    [InlineData("https://openrouter.ai/api/v1")]
    public void FaultsOf_AnythingElse_FindsNothing(string text) => Assert.Empty(FaultsOf(text));

    private static IEnumerable<string> FaultsOf(string text) =>
        MachinePath().Matches(text).Concat(Registry().Matches(text)).Select(match => $"'{match.Value}' names a machine or a registry").Distinct();

    [GeneratedRegex(@"(?<![\w.])/(?:home|Users|root|work|workspace|workspaces|builds)/[\w.-]+|\b[A-Z]:\\Users\\\w+")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\S*/v3/index\.json|\S*(?:artifac[t]ory|jfro[g]|pkgs\.dev\.azure|/repository/nuge[t])\S*", RegexOptions.IgnoreCase)]
    private static partial Regex Registry();
}
