using System.Text.RegularExpressions;
using Jarvis.SemanticKernel.Tests.Architecture;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>
/// The C# blocks of a Markdown text and the regions they are copies of. A block is preceded by <c>&lt;!-- snippet: path#region --&gt;</c>; regions of one name in
/// one file are parts of one snippet.
/// </summary>
internal static partial class Snippets
{
    /// <summary>Says for each C# block what is wrong with it; nothing when all are copies.</summary>
    public static IEnumerable<string> Faults(string document, string markdown, Func<string, string?> read)
    {
        string[] lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (int at = 0; at < lines.Length; at++)
        {
            if (!CSharpFence().IsMatch(lines[at]))
            {
                continue;
            }

            string where = $"{document}, line {at + 1}";
            int end = Array.FindIndex(lines, at + 1, line => line.TrimEnd() == "```");
            string block = string.Join('\n', lines[(at + 1)..(end < 0 ? lines.Length : end)]);
            string? source = lines[..at].LastOrDefault(line => line.Trim().Length > 0);
            if (source is null || Source().Match(source) is not { Success: true } match)
            {
                yield return $"{where}: the block names no source. Put <!-- snippet: path#region --> before it.";
            }
            else if (read(match.Groups["path"].Value) is not { } text || Region(text, match.Groups["region"].Value) is not { } snippet)
            {
                yield return $"{where}: there is no {match.Groups["path"].Value} with a region '{match.Groups["region"].Value}'.";
            }
            else if (snippet != block)
            {
                yield return $"{where}: the block differs from {match.Groups["path"].Value}#{match.Groups["region"].Value}, which is now:\n{snippet}\n";
            }

            at = end < 0 ? lines.Length : end;
        }
    }

    /// <summary>The text of the regions of that name, without their common indentation.</summary>
    public static string? Region(string source, string name)
    {
        List<string> lines = [];
        bool found = false;
        bool inside = false;
        foreach (string line in source.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.Trim() == $"#region {name}")
            {
                (found, inside) = (true, true);
            }
            else if (inside && line.Trim() == "#endregion")
            {
                inside = false;
            }
            else if (inside)
            {
                lines.Add(line);
            }
        }

        int indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return found ? string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : string.Empty)).Trim('\n') : null;
    }

    /// <summary>Reads a file of the repository; null when there is none.</summary>
    public static string? ReadFile(string path) => File.Exists(Path.Combine(Repository.Root, path)) ? Repository.Read(path) : null;

    [GeneratedRegex(@"^\s*```\s*(?:csharp|cs|c#)\b", RegexOptions.IgnoreCase)]
    private static partial Regex CSharpFence();

    [GeneratedRegex(@"^<!-- snippet: (?<path>[^#\s]+)#(?<region>\S+) -->$")]
    private static partial Regex Source();
}
