using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests;

/// <summary>A stream of the generator that stands beside the repository, with its end state; skips aloud without it, or without what runs it.</summary>
internal sealed record GeneratedStream(string[] Lines, JsonElement Truth)
{
    public static GeneratedStream Make(string seed, string options)
    {
        var generator = Shared.Find("streams/ecs-stream-gen");
        var folder = Directory.CreateTempSubdirectory("crowsnest-gen-").FullName;
        var (events, state) = (Path.Combine(folder, "events"), Path.Combine(folder, "state"));
        try
        {
            using var run = Process.Start(new ProcessStartInfo("python3", $"{generator} --seed {seed} --out {events} --state {state} {options}") { RedirectStandardError = true })!;
            run.StandardError.ReadToEnd();
            run.WaitForExit();
            Assert.Equal(0, run.ExitCode);
            return new GeneratedStream(File.ReadAllLines(events), JsonDocument.Parse(File.ReadAllText(state)).RootElement);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("skipped: no python3");
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The clusters after all of it, with what stopped long before.</summary>
    public FleetView View()
    {
        var decoder = new EventDecoder();
        var states = new Dictionary<string, IResourceState>();
        var model = new ClusterModel(
            new EventDiagnoser(), new ManualTime(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero)), new ClusterModelOptions { KeepStopped = TimeSpan.FromDays(3_650) });
        foreach (var batch in Lines.Chunk(500))
        {
            var changed = new Dictionary<string, IResourceState>();
            foreach (var line in batch)
                ResourceFold.Fold(states, Assert.IsType<Decoded.Ok>(decoder.Decode(Encoding.UTF8.GetBytes(line), Some.Noon)).Event, changed);
            model.Apply(changed.Values);
        }

        return model.View;
    }

    /// <summary>What the generator says of each resource of a kind, by its ARN.</summary>
    public IEnumerable<(string Arn, JsonElement Told)> Members(string name) => Truth.GetProperty(name).EnumerateObject().Select(m => (m.Name, m.Value));
}
