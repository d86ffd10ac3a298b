using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace Crowsnest.Simulator.Tests;

/// <summary>The checker that stands beside the samples recomputes the truth from the events alone; it was written for another simulator.</summary>
public sealed class CheckStreamTests
{
    [Fact]
    public async Task An_independent_checker_finds_no_mismatch_in_truth_and_state()
    {
        var folder = Directory.CreateTempSubdirectory("crowsnest-sim-").FullName;
        try
        {
            var (events, truth, state) = (Path.Combine(folder, "events"), Path.Combine(folder, "truth"), Path.Combine(folder, "state"));
            await WriteAsync(events, truth, state);
            var answer = await CheckAsync(events, truth, state);

            Assert.Equal(20_000, answer.GetProperty("lines").GetInt32());
            foreach (var mismatch in (string[])["seed_rule_mismatch", "status_regressions", "negative_resources", "final_state_mismatch", "dup_body_mismatch"])
            {
                Assert.Equal((mismatch, 0), (mismatch, answer.GetProperty(mismatch).GetInt32()));
            }

            Assert.True(answer.GetProperty("version_regressions").GetInt32() > 0, "lines were to come late");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(string events, string truth, string state)
    {
        var record = new TruthRecord();
        var truthLines = new ArrayBufferWriter<byte>();
        var lines = SimulatedStream.Take(20_000, 11, new DeliveryOptions { Duplicates = 5, OutOfOrder = 10, VersionGaps = 5 }, odd: 3);
        foreach (var line in lines) record.Take(line, truthLines);
        await File.WriteAllBytesAsync(events, SimulatedStream.Bytes(lines), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(truth, truthLines.WrittenMemory, TestContext.Current.CancellationToken);
        await using var file = File.Create(state);
        record.WriteState(file);
    }

    private static async Task<JsonElement> CheckAsync(params string[] files)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Crowsnest.slnx"))) at = at.Parent;
        var checker = Path.Combine(at?.FullName ?? ".", "..", "shared", "streams", "check-stream.py");
        if (!File.Exists(checker)) Assert.Skip("skipped: no ../shared/streams/check-stream.py beside the repository");
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", [checker, .. files]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var answer = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(("", 0), (await error, python.ExitCode));
            return JsonElement.Parse(answer);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("skipped: no python3");
            throw;
        }
    }
}
