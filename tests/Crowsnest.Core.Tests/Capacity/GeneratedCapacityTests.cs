using System.Text.Json;
using Crowsnest.Core.Capacity;

namespace Crowsnest.Core.Tests.Capacity;

/// <summary>Generated streams with their end state beside them: what is reserved and what remains is exactly that.</summary>
public class GeneratedCapacityTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("harbour", "--events 12000 --duplicates 5 --out-of-order 20 --version-gaps 10 --odd 5")]
    [InlineData("7", "--events 12000 --cold --clusters 3 --instances 60 --tasks 900")]
    [InlineData("quay", "--events 12000 --failures 30 --out-of-order 40 --max-shift 4000 --instances 300")]
    public void Registered_reserved_and_remaining_are_the_generators(string seed, string options)
    {
        var stream = GeneratedStream.Make(seed, options);
        var capacities = stream.View().Clusters.Select(ClusterCapacity.Of).ToList();
        var instances = capacities.SelectMany(c => c.Instances).ToDictionary(i => i.State.Name.Id);
        var registered = Registered(stream.Lines);
        var live = stream.Members("instances").Where(m => m.Told.GetProperty("status").GetString() != "INACTIVE").ToList();

        Assert.Equal(live.Select(m => Id(m.Arn)).Order(StringComparer.Ordinal), instances.Keys.Order(StringComparer.Ordinal));
        var (reservedCpu, reservedMemory) = (0L, 0L);
        foreach (var (arn, told) in live)
        {
            var (cpu, memory) = registered[arn];
            var (cpuLeft, memoryLeft) = (told.GetProperty("remainingCpu").GetInt64(), told.GetProperty("remainingMemory").GetInt64());
            var instance = instances[Id(arn)];
            Assert.Equal((arn, new Amount(cpu, cpuLeft), new Amount(memory, memoryLeft)), (arn, instance.Cpu!.Value, instance.Memory!.Value));
            Assert.Equal(told.GetProperty("status").GetString() == "ACTIVE" && told.GetProperty("agentConnected").GetBoolean(), instance.Takes == TakesTasks.Yes);
            (reservedCpu, reservedMemory) = (reservedCpu + cpu - cpuLeft, reservedMemory + memory - memoryLeft);
        }

        Assert.Equal((reservedCpu, reservedMemory), (capacities.Sum(c => c.Total.Cpu.Reserved), capacities.Sum(c => c.Total.Memory.Reserved)));
        var tasks = stream.Members("tasks").Count(m => m.Told.GetProperty("lastStatus").GetString() != "STOPPED");
        Assert.Equal(tasks, capacities.Sum(c => c.Total.Tasks));
        output.WriteLine($"seed {seed}: {live.Count} instances, {tasks} tasks, {reservedCpu} CPU units and {reservedMemory} MiB reserved, {capacities.Sum(c => c.Services.Count(s => s.Failure is not null))} services that could not place a task");
        Assert.True(live.Count > 20 && tasks > 300 && reservedCpu > 10_000);
    }

    // What an instance has does not change; the state file leaves it out.
    private static Dictionary<string, (long Cpu, long Memory)> Registered(IEnumerable<string> lines)
    {
        var found = new Dictionary<string, (long, long)>();
        foreach (var line in lines.Where(l => l.Contains("\"registeredResources\"", StringComparison.Ordinal)))
        {
            var detail = JsonDocument.Parse(line).RootElement.GetProperty("detail");
            var amounts = detail.GetProperty("registeredResources").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("integerValue").GetInt64());
            found[detail.GetProperty("containerInstanceArn").GetString()!] = (amounts["CPU"], amounts["MEMORY"]);
        }

        return found;
    }

    private static string Id(string arn) => arn[(arn.LastIndexOf('/') + 1)..];
}
