using System.Diagnostics;
using System.Net.Http.Headers;

namespace Crowsnest.Bench;

/// <summary>The server from outside: how soon it is ready, what it takes when idle, and how many events it acknowledges a second.</summary>
internal static class UpBench
{
    public static async Task<int> StartsAsync(int times)
    {
        var ready = new List<double>();
        long memory = 0;
        for (var i = 0; i < times; i++)
        {
            await using var up = await UpProcess.StartAsync();
            ready.Add(up.Ready.TotalMilliseconds);
            memory = Math.Max(memory, up.MemoryMiB("VmRSS"));
        }

        ready.Sort();
        Console.WriteLine($"ready after {ready[0]:0} ms at best, {ready[ready.Count / 2]:0} ms in the middle, {ready[^1]:0} ms at worst of {times}; {memory} MiB resident when idle");
        return 0;
    }

    public static async Task<int> PostsAsync(string file, int connections, int batch)
    {
        var bodies = (await File.ReadAllLinesAsync(file)).Chunk(batch).Select(lines => (Count: lines.Length, Body: System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)))).ToList();
        await using var up = await UpProcess.StartAsync();
        using var client = new HttpClient { BaseAddress = up.Address };
        var next = -1;
        var latencies = new List<double>[connections];
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async n =>
        {
            latencies[n] = [];
            while (Interlocked.Increment(ref next) is var i && i < bodies.Count)
            {
                var sent = watch.Elapsed;
                using var content = new ByteArrayContent(bodies[i].Body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var answer = await client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content);
                answer.EnsureSuccessStatusCode();
                latencies[n].Add((watch.Elapsed - sent).TotalMilliseconds);
            }
        }));

        var seconds = watch.Elapsed.TotalSeconds;
        var all = latencies.SelectMany(l => l).Order().ToList();
        var events = bodies.Sum(b => b.Count);
        Console.WriteLine(
            $"{events / seconds:N0} events/s acknowledged, {events:N0} in batches of {batch} over {connections} connections in {seconds:0.0} s; a request {all[all.Count / 2]:0} ms in the middle, "
            + $"{all[(int)(all.Count * 0.99)]:0} ms at p99; the server: {up.ProcessorTime.TotalSeconds:0.0} s of processor, {up.MemoryMiB("VmHWM")} MiB peak");
        return 0;
    }
}
