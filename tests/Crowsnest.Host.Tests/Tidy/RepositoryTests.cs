using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Crowsnest.Core.Rules;

namespace Crowsnest.Host.Tests.Tidy;

/// <summary>What holds for the repository as a whole.</summary>
public sealed partial class RepositoryTests
{
    [Fact]
    public void No_file_is_over_one_megabyte() =>
        Assert.Equal([], TrackedFiles().Where(f => new FileInfo(Repository.PathOf(f)) is { Exists: true, Length: > 1_000_000 }));

    [Fact]
    public void Package_versions_are_exact()
    {
        var versions = Packages().ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, p => Assert.Matches(@"^\d+(\.\d+){1,3}(-[a-z0-9.]+)?$", p.Version));
    }

    [Fact]
    public void Every_package_has_a_line_in_a_decision()
    {
        var decisions = string.Concat(Directory.GetFiles(Repository.PathOf("docs", "adr"), "*.md").Select(File.ReadAllText));

        Assert.Equal([], Packages().Select(p => p.Name).Where(name => !decisions.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Decisions_are_numbered_without_a_gap_or_a_repeat()
    {
        var numbers = Directory.GetFiles(Repository.PathOf("docs", "adr"), "*.md").Select(f => int.Parse(Path.GetFileName(f)[..4], null)).Order().ToArray();

        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
    }

    [Fact]
    public void Log_event_ids_are_unique()
    {
        var ids = Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => LogId().Matches(File.ReadAllText(f)).Select(m => (File: Path.GetFileName(f), Id: m.Groups[1].Value)))
            .GroupBy(x => x.Id).Where(g => g.Count() > 1);

        Assert.Equal([], ids.Select(g => $"{g.Key}: {string.Join(", ", g.Select(x => x.File))}"));
    }

    [Fact]
    public void Every_shipped_rule_has_words_a_page_of_what_to_do_and_a_place_in_the_schema()
    {
        var guide = Repository.Read("docs", "rules.md");
        var pages = RunbookLink().Matches(guide).ToLookup(m => m.Groups[2].Value, m => m.Groups[1].Value, StringComparer.Ordinal);
        Assert.Equal(pages.Select(page => page.Key + ".md").Order(StringComparer.Ordinal), Directory.GetFiles(Repository.PathOf("docs", "runbooks")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var rule in ShippedRules.Names)
        {
            Assert.NotEmpty(ShippedRuleWords.Of(rule));
            var page = Assert.Single(pages, page => page.Any(text => text.Contains($"`{rule}`", StringComparison.Ordinal)));
            Assert.Contains(rule, Repository.Read("docs", "runbooks", page.Key + ".md").Split('\n')[0], StringComparison.Ordinal);
        }

        var use = JsonNode.Parse(Repository.Read("docs", "schema", "crowsnest.schema.json"))!["properties"]!["rules"]!["items"]!["properties"]!["use"]!["enum"]!.AsArray();
        Assert.Equal([.. ShippedRules.Sets.Keys.Concat(ShippedRules.Names).Order(StringComparer.Ordinal)], use.Select(name => name!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Name, string Version)> Packages() => XDocument.Load(Repository.PathOf("Directory.Packages.props"))
        .Descendants("PackageVersion").Select(p => (p.Attribute("Include")!.Value, p.Attribute("Version")!.Value));

    private static string[] TrackedFiles()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Repository.Root, "ls-files"]) { RedirectStandardOutput = true })!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.NotEmpty(files);
        return files;
    }

    [GeneratedRegex(@"\[([^\]]*)\]\(runbooks/([a-z-]+)\.md\)")]
    private static partial Regex RunbookLink();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogId();
}
