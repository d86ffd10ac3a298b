using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Crowsnest.Host.Tests.Tidy;

/// <summary>The rooms: which knows which, and whether the documents tell the truth about them.</summary>
public sealed partial class RoomTests
{
    private static readonly string[] Hosts = ["Crowsnest", "Crowsnest.Lambda"];

    // The simulator is the ground truth of tests: what it says must not come from what they test.
    private static readonly string[] Alone = ["Crowsnest.Core", "Crowsnest.Simulator"];

    // Both hosts are composed alike; what only the program has, its embedded store and its server, stays with the program.
    private const string Shared = "Crowsnest.Configuration";

    private static readonly string[] SharedKnows = ["Crowsnest.Core", "Crowsnest.Aws", "Crowsnest.Notifiers", "Crowsnest.OpenSearch"];

    private static readonly string[] WithRoomsInside = ["Crowsnest.Core", "Crowsnest"];

    [Fact]
    public void Core_knows_nobody_adapters_know_core_and_only_hosts_compose()
    {
        var projects = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .ToDictionary(p => Path.GetFileNameWithoutExtension(p)!, References);

        Assert.Contains("Crowsnest.Core", projects.Keys);
        Assert.Contains("Crowsnest", projects.Keys);
        Assert.Equal([], WrongArrows(projects));
    }

    [Fact]
    public void A_wrong_arrow_is_printed()
    {
        var projects = new Dictionary<string, string[]>
        {
            ["Crowsnest.Core"] = ["Crowsnest.Sqlite"],
            ["Crowsnest.Sqlite"] = ["Crowsnest.Core", "Crowsnest.Notifiers"],
            ["Crowsnest.Notifiers"] = ["Crowsnest"],
            ["Crowsnest.Simulator"] = ["Crowsnest.Core"],
            ["Crowsnest.Configuration"] = ["Crowsnest.Core", "Crowsnest.Notifiers", "Crowsnest.Sqlite"],
            ["Crowsnest.OpenSearch"] = ["Crowsnest.Configuration"],
            ["Crowsnest"] = ["Crowsnest.Core", "Crowsnest.Sqlite", "Crowsnest.Simulator", "Crowsnest.Configuration"],
            ["Crowsnest.Lambda"] = ["Crowsnest.Core", "Crowsnest.Configuration", "Crowsnest"],
        };

        Assert.Equal(
            ["Crowsnest.Core -> Crowsnest.Sqlite", "Crowsnest.Sqlite -> Crowsnest.Notifiers", "Crowsnest.Notifiers -> Crowsnest", "Crowsnest.Simulator -> Crowsnest.Core",
             "Crowsnest.Configuration -> Crowsnest.Sqlite", "Crowsnest.OpenSearch -> Crowsnest.Configuration", "Crowsnest.Lambda -> Crowsnest"],
            WrongArrows(projects));
    }

    [Fact]
    public void The_rooms_in_ARCHITECTURE_are_the_rooms_in_the_tree()
    {
        var listed = RoomLine().Matches(Repository.Read("ARCHITECTURE.md")).Select(m => m.Groups[1].Value.TrimEnd('/')).Order(StringComparer.Ordinal).ToArray();
        var projects = Directory.GetDirectories(Repository.PathOf("src"));
        var rooms = projects.Concat(WithRoomsInside.SelectMany(p => Directory.GetDirectories(Repository.PathOf("src", p))))
            .Where(d => Directory.EnumerateFiles(d, "*.cs", SearchOption.AllDirectories).Any())
            .Select(d => Path.GetRelativePath(Repository.Root, d).Replace('\\', '/'))
            .Where(d => !d.EndsWith("/obj", StringComparison.Ordinal) && !d.EndsWith("/bin", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToArray();

        Assert.Equal(rooms, listed);
    }

    private static string[] WrongArrows(IReadOnlyDictionary<string, string[]> projects) =>
    [
        .. projects.SelectMany(p => p.Value.Where(to => !MayKnow(p.Key, to)).Select(to => $"{p.Key} -> {to}")),
    ];

    private static bool MayKnow(string from, string to) => from switch
    {
        _ when Hosts.Contains(from) => !Hosts.Contains(to),
        Shared => SharedKnows.Contains(to),
        _ => !Alone.Contains(from) && to == "Crowsnest.Core",
    };

    private static string[] References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    [GeneratedRegex(@"^\| `(src/[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex RoomLine();
}
