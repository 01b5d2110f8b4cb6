using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Tests.Architecture;

namespace Jarvis.SemanticKernel.Tests.Documentation;

public partial class DocumentationTests
{
    private const string Fence = "```";

    public static TheoryData<string> Documents() => [.. Repository.Files(extension: ".md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CSharpBlocks_AreCopiesOfCodeThatCompiles(string document)
    {
        string[] faults = [.. Snippets.Faults(document, Repository.Read(document), Snippets.ReadFile)];

        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void RelativeLinks_LeadSomewhere(string document)
    {
        string[] broken = [.. Links(Repository.Read(document)).Where(link => !Leads(document, link))];

        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("", "int x = 1;", "names no source")]
    [InlineData("<!-- snippet: File.cs#other -->", "int x = 1;", "there is no")]
    [InlineData("<!-- snippet: Missing.cs#one -->", "int x = 1;", "there is no")]
    [InlineData("<!-- snippet: File.cs#one -->", "int x = 2;", "differs")]
    public void Faults_BlockWithoutItsSource_IsFound(string comment, string code, string fault)
    {
        string markdown = $"text\n\n{comment}\n{Fence}csharp\n{code}\n{Fence}\n";

        Assert.Contains(fault, Assert.Single(Snippets.Faults("planted.md", markdown, FakeFile)), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_CopyOfARegionInParts_IsNone()
    {
        string markdown = $"<!-- snippet: File.cs#one -->\n{Fence}csharp\nint x = 1;\nif (x == 1)\n{{\n    x++;\n}}\n{Fence}\n";

        Assert.Empty(Snippets.Faults("planted.md", markdown, FakeFile));
    }

    [Fact]
    public void Links_BrokenOne_IsFound()
    {
        Assert.Equal(["missing.md", "docs/gone.md#part"], Links("[a](missing.md) ![b](https://example.org/x.png) [c](docs/gone.md#part) [d](#here)"));
        Assert.False(Leads("README.md", "missing.md"));
        Assert.False(Leads("README.md", "docs/gone.md#part"));
        Assert.False(Leads("README.md", "LICENSE#part"));
        Assert.True(Leads("README.md", "LICENSE"));
    }

    private static string? FakeFile(string path) =>
        path == "File.cs"
            ? """
                class A
                {
                    #region one
                    int x = 1;
                    #endregion
                    int hidden;
                    #region one
                    if (x == 1)
                    {
                        x++;
                    }
                    #endregion
                }
                """
            : null;

    private static IEnumerable<string> Links(string markdown) =>
        from match in Link().Matches(markdown)
        let target = match.Groups[1].Value
        where !target.StartsWith('#') && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        select target;

    private static bool Leads(string document, string link)
    {
        string[] parts = link.Split('#');
        string path = Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, parts[0]);
        return parts.Length == 1 ? Path.Exists(path) : File.Exists(path) && Headings(File.ReadAllText(path)).Contains(parts[1]);
    }

    /// <summary>The anchors that renderers make of headings: lower case, blanks to hyphens, no other punctuation.</summary>
    private static IEnumerable<string> Headings(string markdown) =>
        from line in markdown.Split('\n')
        where line.StartsWith('#')
        select NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
