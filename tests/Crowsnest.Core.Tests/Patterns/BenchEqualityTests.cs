using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>The benchmark's rules over its first events, compared and not timed.</summary>
public sealed class BenchEqualityTests : IDisposable
{
    // The generator draws rules first and then one event after another, so that fewer events are the beginning of the same file.
    private const string First2000 =
        "import sys; gen, out = sys.argv[1:3]; sys.argv = [gen, out]; exec(open(gen).read().replace('range(100000)', 'range(2000)').replace('range(50000)', 'range(0)'))";

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-patterns-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_first_events_match_the_rules_that_they_should()
    {
        var generator = Shared.Find("patterns/bench/gen_bench.py");
        await GenerateAsync(generator);
        var events = Lines(Path.Combine(_folder, "events.ndjson.gz")).Select(Encoding.UTF8.GetBytes).ToArray();
        Assert.Equal(2_000, events.Length);
        foreach (var set in (string[])["1", "100", "1000", "10000", "exact-1", "exact-100", "exact-1000", "exact-10000", "wild-100"])
        {
            using var rules = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, $"rules-{set}.json"), TestContext.Current.CancellationToken));
            var named = rules.RootElement.EnumerateObject().Select(r => (r.Name, Pattern: Some.Pattern(r.Value.GetRawText()))).ToArray();
            var (matcher, matches) = (PatternMatcher.Compile([.. named.Select(r => r.Pattern)]), new PatternMatches());
            foreach (var (number, expected) in Lines(Path.Combine(Path.GetDirectoryName(generator)!, $"expected-{set}.ndjson.gz")).Index())
            {
                matcher.Match(events[number], matches);
                var names = matches.Rules.ToArray().Select(r => $"\"{named[r].Name}\"").Order(StringComparer.Ordinal);
                Assert.True($"[{string.Join(',', names)}]" == expected.Replace(" ", "", StringComparison.Ordinal), $"rules-{set}, event {number}");
            }
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private async Task GenerateAsync(string generator)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", First2000, generator, _folder]) { RedirectStandardError = true })!;
            var error = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(python.ExitCode == 0, error);
        }
        catch (Win32Exception)
        {
            Assert.Skip("skipped: no python3");
        }
    }
}
