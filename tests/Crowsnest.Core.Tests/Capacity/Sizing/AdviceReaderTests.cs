using System.Text;
using System.Text.Json;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

public class AdviceReaderTests(ITestOutputHelper output)
{
    // Goal: every kill that the generator made is evidence, once, at the limit that it had. Method: its own events, out of order and repeated, and of each task that its end state calls an OOM kill
    // the memory of the container that carries the reason.
    [Theory]
    [InlineData("harbour", "--events 12000 --cold --failures 12 --clusters 3 --instances 60 --tasks 900 --duplicates 5 --out-of-order 20")]
    [InlineData("7", "--events 8000 --cold --failures 25 --clusters 2 --instances 40 --tasks 500")]
    public async Task Every_kill_is_evidence_once_with_its_limit(string seed, string options)
    {
        var stream = GeneratedStream.Make(seed, options);
        var (search, decoder, diagnoser) = (new InMemoryEventSearch(), new EventDecoder(), new EventDiagnoser());
        var events = stream.Lines.Select(line => Assert.IsType<Decoded.Ok>(decoder.Decode(Encoding.UTF8.GetBytes(line), Some.Noon)).Event).ToList();
        search.Add(events.Select(e => new DiagnosedEvent(e, diagnoser.Diagnose(e))));
        var (found, advised) = (new List<ContainerStop>(), 0);
        foreach (var cluster in stream.View().Clusters)
        {
            var now = events.Max(e => e.OccurredAt).AddSeconds(1);
            var history = await new AdviceReader(search, new AdviceOptions()).ReadAsync(cluster, now, null, TestContext.Current.CancellationToken);
            found.AddRange(history.Stops.Where(s => s.IsOutOfMemory));
            var advice = Advisor.Of(cluster, history, now, new AdviceOptions());
            advised += advice.Items.Count(a => a.Kind == AdviceKind.RaiseMemory);
            Assert.All(advice.Items.Where(a => a.Kind == AdviceKind.RaiseMemory), a => Assert.True(a.To?.Memory >= 1.25 * a.From?.Memory && (!a.IsFargate || a.Container.Length == 0 || a.TaskTo is not { } to || FargateSizes.All.Contains(new FargateSize(to.Cpu!.Value, to.Memory!.Value)))));
        }

        // Of those that had not stopped by the end of the stream its end state does not speak yet.
        var told = stream.Members("tasks").Where(t => t.Told.GetProperty("class").ValueEquals("oom")).Select(t => t.Arn[(t.Arn.LastIndexOf('/') + 1)..]).ToList();
        var limits = stream.Lines.Where(l => l.Contains("OutOfMemory", StringComparison.Ordinal)).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("detail")).Select(Limit).ToHashSet();
        var killed = limits.Select(l => l.TaskId).Union(told).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(killed, found.Select(s => s.TaskId).Order(StringComparer.Ordinal));
        Assert.All(found, s => Assert.Contains((s.TaskId, s.Limit), limits));
        output.WriteLine($"{killed.Count} kills, {advised} pieces of advice");
        Assert.True(killed.Count > 10 && advised > 3);
    }

    private static (string TaskId, long? Limit) Limit(JsonElement task)
    {
        var container = task.GetProperty("containers").EnumerateArray().First(c => c.TryGetProperty("reason", out var reason) && reason.GetString()!.StartsWith("OutOfMemory", StringComparison.Ordinal));
        var arn = task.GetProperty("taskArn").GetString()!;
        return (arn[(arn.LastIndexOf('/') + 1)..], long.Parse((container.TryGetProperty("memory", out var own) ? own : task.GetProperty("memory")).GetString()!, provider: null));
    }

    [Theory]
    [InlineData("""{"detail":{"containers":[{"name":"web","cpu":"null","memory":"512","memoryReservation":"128"}]}}""", "web  512 128")]
    [InlineData("""{"detail":{"containers":[{"name":"web","cpu":0,"memory":0},{"cpu":1}]}}""", "web 0  ")]
    [InlineData("""{"detail":{"containers":[{"name":5,"cpu":"1"},7]}}""", "")]
    [InlineData("""{"detail":{"containers":{}}}""", "")]
    [InlineData("""{"detail":[1]}""", "")]
    [InlineData("""{}""", "")]
    public void Sizes_of_containers_are_read_from_whatever_anyone_wrote(string json, string sizes) => Assert.Equal(
        sizes, string.Join(',', ContainerSize.AllOf(Raw(json)).Select(s => $"{s.Name} {s.Cpu} {s.Memory} {s.MemoryReservation}")));

    private static EcsEvent Raw(string json) => new()
    {
        Key = new EventKey(1, 1), Raw = Encoding.UTF8.GetBytes(json), Kind = EventKind.Task, DetailType = "", OccurredAt = Some.Noon, ReceivedAt = Some.Noon, Detail = new TaskDetail(),
    };
}
