using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Events;

namespace Crowsnest.Simulator.Tests;

/// <summary>A simulated stream looks like a real one.</summary>
public sealed partial class StreamTests
{
    private static readonly List<DeliveredLine> Day = SimulatedStream.Hours(26, seed: 5);

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_one_another_fleet()
    {
        var delivery = new DeliveryOptions { Duplicates = 5, OutOfOrder = 5, VersionGaps = 5 };

        Assert.Equal(SimulatedStream.Bytes(SimulatedStream.Take(5_000, 7, delivery, 5)), SimulatedStream.Bytes(SimulatedStream.Take(5_000, 7, delivery, 5)));
        Assert.Empty(SimulatedStream.Take(5_000, 7).Select(l => l.Truth.Resource).Intersect(SimulatedStream.Take(5_000, 8).Select(l => l.Truth.Resource)));
    }

    [Fact]
    public void However_it_is_delivered_it_is_the_same_fleet()
    {
        var straight = SimulatedStream.Take(8_000, 7).Select(l => l.Truth.Id).ToHashSet();
        var bent = SimulatedStream.Take(8_000, 7, new DeliveryOptions { Duplicates = 10, OutOfOrder = 20, VersionGaps = 5 }).Where(l => l.DuplicateOf is null).Select(l => l.Truth.Id);

        Assert.Subset(straight, bent.Take(5_000).ToHashSet());
    }

    [Fact]
    public void A_day_has_every_kind_of_event()
    {
        var kinds = Day.Select(l => SimulatedStream.Parse(l).GetProperty("detail-type").GetString()!).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "AWS Health Event", "EC2 Spot Instance Interruption Warning", "ECS Container Instance Health Change", "ECS Container Instance State Change",
                "ECS Daemon Deployment State Change", "ECS Daemon Service Action", "ECS Deployment State Change", "ECS Hook State Change", "ECS Service Action",
                "ECS Task Protection State Change", "ECS Task State Change",
            ],
            kinds);
    }

    [Fact]
    public void A_day_has_every_story_and_is_as_long_as_a_page_can_take_in_at_once()
    {
        var classes = Day.Select(l => l.Truth.Class).OfType<string>().ToHashSet();

        Assert.Superset(
            new HashSet<string>
            {
                "app_crash", "oom", "segfault", "image_pull", "elb_health", "container_health", "spot", "host_lost", "service_error", "deployment_failed", "rolled_back",
                "start_impaired", "daemon_impaired", "agent_disconnected", "completed", "scale_in", "deploy_replace", "user_stop",
            },
            classes);
        Assert.InRange(Day.Count, 15_000, 60_000);
        var failures = Day.Where(l => l.Truth.IsFailure).Select(l => l.At).ToArray();
        Assert.InRange(failures.Zip(failures.Skip(1), (a, b) => (b - a).TotalSeconds).Average(), 20, 120);
    }

    [Fact]
    public void A_stop_is_said_two_to_four_times_with_its_code_and_versions_only_rise()
    {
        var versions = new Dictionary<string, long>();
        var stops = new Dictionary<string, List<string>>();
        foreach (var line in Day.Where(l => l.Truth.Kind == "task"))
        {
            var detail = SimulatedStream.Parse(line).GetProperty("detail");
            var arn = detail.GetProperty("taskArn").GetString()!;
            var version = detail.GetProperty("version").GetInt64();
            Assert.Equal(versions.GetValueOrDefault(arn) + 1, version);
            versions[arn] = version;
            if (!detail.TryGetProperty("stopCode", out _)) continue;
            if (!stops.TryGetValue(arn, out var said)) stops[arn] = said = [];
            said.Add(detail.GetProperty("lastStatus").GetString()!);
        }

        var whole = stops.Values.Where(s => s[^1] == "STOPPED").ToList();
        Assert.All(whole, s => Assert.InRange(s.Count, 1, 4));
        Assert.Equal([2, 3, 4], whole.Select(s => s.Count).Where(c => c > 1).Distinct().Order());
        // A task that is stopped before it ran may have one event only.
        Assert.True(whole.Count(s => s.Count == 1) < whole.Count / 100, $"{whole.Count(s => s.Count == 1)} of {whole.Count} stops have one event");
    }

    [Fact]
    public void What_remains_of_an_instance_is_what_its_tasks_leave_and_its_ports_are_the_used_ones()
    {
        var placed = new Dictionary<string, (string Instance, int Cpu, int Memory)>();
        var seen = 0;
        foreach (var line in Day.Where(l => l.Truth.Kind is "instance" or "task"))
        {
            var detail = SimulatedStream.Parse(line).GetProperty("detail");
            if (line.Truth.State is TaskTruth task)
            {
                if (task.LastStatus == "STOPPED") placed.Remove(task.Arn);
                else if (detail.TryGetProperty("containerInstanceArn", out var on)) placed[task.Arn] = (on.GetString()!, Number(detail, "cpu"), Number(detail, "memory"));
                continue;
            }

            var state = (InstanceTruth)line.Truth.State!;
            var (registered, remaining) = (Resources(detail, "registeredResources"), Resources(detail, "remainingResources"));
            // What is gone holds nothing, though the last words of its tasks may still be to come.
            var here = state.Status == "INACTIVE" ? [] : placed.Values.Where(p => p.Instance == state.Arn).ToList();
            Assert.Equal((registered.Cpu - here.Sum(p => p.Cpu), registered.Memory - here.Sum(p => p.Memory)), (remaining.Cpu, remaining.Memory));
            Assert.Equal((state.RemainingCpu, state.RemainingMemory, state.RunningTasks), (remaining.Cpu, remaining.Memory, here.Count));
            Assert.True(remaining.Cpu >= 0 && remaining.Memory >= 0, "it holds more than it has");
            Assert.InRange(remaining.Ports - registered.Ports, 0, state.RunningTasks);
            seen += remaining.Ports - registered.Ports;
        }

        Assert.True(seen > 0, "no task has a host port");
    }

    [Fact]
    public void Times_have_no_three_nine_and_every_number_of_digits_between()
    {
        var digits = Day.Take(8_000).Concat(Day.Where(l => l.Truth.Kind == "other"))
            .SelectMany(l => FractionOfTime().Matches(System.Text.Encoding.UTF8.GetString(l.Json.Span)).Select(m => m.Groups[1].Length)).Distinct().Order();

        Assert.Equal([0, 1, 2, 3, 9], digits);
    }

    [Fact]
    public void A_container_that_never_ran_has_no_exit_code()
    {
        var never = Day.Where(l => l.Truth.Class is "image_pull" or "resource_init" or "start_error" or "network").ToList();

        Assert.NotEmpty(never);
        Assert.All(never, l => Assert.All(SimulatedStream.Parse(l).GetProperty("detail").GetProperty("containers").EnumerateArray(), c => Assert.False(c.TryGetProperty("exitCode", out _))));
    }

    [Fact]
    public void The_quirks_of_real_events_are_there()
    {
        var all = Day.Where(l => l.Truth.Kind == "task").Select(SimulatedStream.Parse).Select(e => e.GetProperty("detail")).ToList();
        var containers = all.SelectMany(d => d.GetProperty("containers").EnumerateArray().Select(c => (Task: d, Container: c))).ToList();

        Assert.Contains(containers, c => c.Container.GetProperty("cpu").GetString() == "null" && !c.Container.TryGetProperty("image", out _));
        Assert.Contains(containers, c => c.Task.GetProperty("lastStatus").GetString() == "RUNNING" && c.Container.TryGetProperty("exitCode", out var code) && code.GetInt32() == 0);
        Assert.Contains(all, d => d.TryGetProperty("startedBy", out var by) && by.GetString()!.StartsWith("events-rule/", StringComparison.Ordinal));
        Assert.Contains(all, d => d.GetProperty("attachments").GetArrayLength() == 0 && d.GetProperty("lastStatus").GetString() == "ACTIVATING");
        Assert.All(Day.Where(l => l.Truth.Kind is "service" or "deployment"), l => Assert.False(SimulatedStream.Parse(l).GetProperty("detail").TryGetProperty("version", out _)));
    }

    [Fact]
    public void Values_that_must_be_masked_are_masked_when_they_are_read()
    {
        var decoder = new EventDecoder();
        var secret = Day.First(l => System.Text.Encoding.UTF8.GetString(l.Json.Span).Contains("not-a-real-secret", StringComparison.Ordinal));

        var read = Assert.IsType<Decoded.Ok>(decoder.Decode(secret.Json.ToArray(), SimulatedStream.Start)).Event;

        Assert.DoesNotContain("not-a-real-secret", System.Text.Encoding.UTF8.GetString(read.Raw.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_never_step_back_and_a_faster_pace_never_speaks_of_what_has_not_come()
    {
        var live = SimulatedStream.Start.AddHours(2);
        using var fleet = new FleetSimulator(new SimulatorOptions { Seed = 3, Start = SimulatedStream.Start, PaceFrom = live, Pace = 60 });
        var at = SimulatedStream.Start;
        var count = 0;
        for (; fleet.NextAt < live.AddMinutes(4); count++)
        {
            var next = fleet.Next();
            Assert.True(next.At >= at);
            at = next.At;
            var e = JsonElement.Parse(next.Json.Span);
            Assert.Equal(at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null), e.GetProperty("time").GetString());
            if (e.GetProperty("detail").TryGetProperty("updatedAt", out var updated)) Assert.True(updated.GetDateTimeOffset() <= at.AddMilliseconds(1));
        }

        // Four minutes at sixty times the speed are four hours more.
        Assert.InRange(count, 3_000, 20_000);
    }

    private static int Number(JsonElement detail, string name) => int.Parse(detail.GetProperty(name).GetString()!, null);

    private static (int Cpu, int Memory, int Ports) Resources(JsonElement detail, string name)
    {
        var all = detail.GetProperty(name).EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!);
        return (all["CPU"].GetProperty("integerValue").GetInt32(), all["MEMORY"].GetProperty("integerValue").GetInt32(), all["PORTS"].GetProperty("stringSetValue").GetArrayLength());
    }

    [GeneratedRegex(@"At"":""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.?(\d*)Z""")]
    private static partial Regex FractionOfTime();
}
