using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Bench;

/// <summary>
/// Folding events into states, and states into views, on one thread; beside decoding the same bytes in the same run. Then what 100,000 running tasks and 5,000
/// instances take, first as they come and then as they are loaded after a restart. Best of the rounds, in processor time.
/// </summary>
internal static class FoldBench
{
    private const int Rounds = 5;
    private const int Batch = 2_500;
    private const int LiveTasks = 100_000;
    private const int LiveInstances = 5_000;

    public static async Task RunAsync(string file)
    {
        var lines = (await File.ReadAllLinesAsync(file)).Take(100_000).Select(Encoding.UTF8.GetBytes).ToArray();
        var decoder = new EventDecoder();
        var events = Array.ConvertAll(lines, line => Decode(decoder, line));
        var decode = new Path("decode", () => Array.ForEach(lines, line => Decode(decoder, line)));
        var fold = new Path("fold", () => Fold([], events, _ => { }));
        var views = new Path("fold, view a commit", () =>
        {
            var model = NewModel();
            Fold([], events, model.Apply);
        });
        var asked = new Path("the same, each asked", () =>
        {
            var model = NewModel();
            Fold([], events, changed =>
            {
                model.Apply(changed);
                foreach (var cluster in model.View.Clusters) Use(cluster.Services.Count + cluster.Instances.Count);
            });
        });
        Path[] paths = [decode, fold, views, asked];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var path in paths) path.Measure(lines.Length);
        }

        foreach (var path in paths)
            Line($"{path.Name,-22} {path.EventsPerSecond,10:N0} events/s {path.BytesAllocated,6:N0} B/event  {path.EventsPerSecond / decode.EventsPerSecond:0.00} of decode");
        events = [];
        await HoldAsync(lines);
    }

    // A running task and an instance of the file, again and again under other ids.
    private static async Task HoldAsync(byte[][] lines)
    {
        var task = Text(lines, "\"ECS Task State Change\"", "\"lastStatus\":\"RUNNING\",\"memory\"", "\"desiredStatus\":\"RUNNING\"");
        var instance = Text(lines, "\"ECS Container Instance State Change\"", "\"status\":\"ACTIVE\"", "\"agentConnected\"");
        var (before, model, stored) = (Held(), NewModel(), new List<ResourceState>());
        var decoder = new EventDecoder();
        for (var at = 0; at < LiveTasks + LiveInstances; at += Batch)
        {
            var states = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
            for (var i = at; i < Math.Min(at + Batch, LiveTasks + LiveInstances); i++)
                ResourceFold.Fold(states, Decode(decoder, i < LiveTasks ? Renamed(task, "task/", i) : Renamed(instance, "container-instance/", i)));
            model.Apply(states.Values);
        }

        var came = Held() - before;
        Line($"{LiveTasks:N0} tasks and {LiveInstances:N0} instances as they came: {came >> 20} MB, {came / LiveTasks:N0} B a task");
        var watch = Stopwatch.StartNew();
        foreach (var cluster in model.View.Clusters) Use(cluster.Services.Count + cluster.Instances.Count);
        Line($"counted over for services and instances: {watch.Elapsed.TotalMilliseconds:0} ms");
        stored.AddRange(model.View.Clusters.SelectMany(c => c.Tasks.Select(StateDocument.Write).Concat(c.Instances.Select(i => StateDocument.Write(i.State)))));
        model = NewModel();
        before = Held();
        watch.Restart();
        await model.LoadAsync(_ => stored.ToAsyncEnumerable(), CancellationToken.None);
        var took = watch.Elapsed;
        var loaded = Held() - before;
        Line($"loaded from {stored.Count:N0} documents in {took.TotalMilliseconds:N0} ms: {loaded >> 20} MB, {loaded / LiveTasks:N0} B a task");
        GC.KeepAlive(model);
        GC.KeepAlive(stored);
    }

    private static ClusterModel NewModel() => new(new EventDiagnoser(), TimeProvider.System, new ClusterModelOptions { KeepStopped = TimeSpan.FromDays(36_500) });

    private static EcsEvent Decode(EventDecoder decoder, byte[] line) => ((Decoded.Ok)decoder.Decode(line, DateTimeOffset.UnixEpoch)).Event;

    private static void Fold(Dictionary<string, IResourceState> states, EcsEvent[] events, Action<IReadOnlyCollection<IResourceState>> commit)
    {
        var changed = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        for (var i = 0; i < events.Length; i++)
        {
            ResourceFold.Fold(states, events[i], changed);
            if ((i + 1) % Batch != 0 && i + 1 < events.Length) continue;
            commit(changed.Values);
            changed.Clear();
        }
    }

    private static string Text(byte[][] lines, params string[] has) =>
        lines.Select(Encoding.UTF8.GetString).First(line => Array.TrueForAll(has, words => line.Contains(words, StringComparison.Ordinal)));

    private static byte[] Renamed(string line, string type, int number)
    {
        var from = line.IndexOf(type, StringComparison.Ordinal) + type.Length;
        var id = line[(line.IndexOf('/', from) + 1)..line.IndexOf('"', from)];
        return Encoding.UTF8.GetBytes(line.Replace(id, number.ToString("x32", CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    // What is counted must not be thought away.
    private static void Use(int count)
    {
        if (count < 0) throw new UnreachableException();
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Path(string name, Action run)
    {
        public string Name => name;

        public double EventsPerSecond { get; private set; }

        public double BytesAllocated { get; private set; } = double.MaxValue;

        public void Measure(int count)
        {
            GC.Collect();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var wall = Stopwatch.StartNew();
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            run();
            var seconds = Math.Min(wall.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds);
            BytesAllocated = Math.Min(BytesAllocated, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
            EventsPerSecond = Math.Max(EventsPerSecond, count / seconds);
        }
    }
}
