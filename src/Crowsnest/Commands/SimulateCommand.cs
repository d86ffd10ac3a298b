using System.Buffers;
using System.Globalization;
using Crowsnest.Simulator;

namespace Crowsnest.Commands;

/// <summary>Writes the events of a simulated fleet, and what they really are.</summary>
internal static class SimulateCommand
{
    private const int FlushBytes = 1 << 20;

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "simulate",
        Summary = "writes the events of a simulated ECS fleet",
        Arguments = "[--events N] [--seed N] [--truth FILE] [--state FILE]",
        Options =
        [
            new("--events", "N", "how many lines to write, repeats included (10000)"),
            new("--seed", "N", "decides everything; the same seed and options give the same bytes (1)"),
            new("--from", "T", "the simulated time at which the fleet comes up (2026-03-02T08:00:00Z)"),
            new("--duplicates", "P", "percent of lines that repeat an earlier one, some with another id (0)"),
            new("--out-of-order", "P", "percent of lines that come up to 200 lines too late (0)"),
            new("--version-gaps", "P", "percent of the changes of tasks and instances that are never said (0)"),
            new("--odd", "P", "percent of lines that are awkward but valid: unknown kinds and members, nulls, another order (0)"),
            new("--truth", "FILE", "writes what each line really is, a JSON object a line"),
            new("--state", "FILE", "writes the last state of every task and instance that the lines speak of, and sums"),
            new("--out", "FILE", "writes the events to a file instead of standard output"),
        ],
        Examples =
        [
            "crowsnest simulate --events 1000 | crowsnest ingest",
            "crowsnest simulate --events 100000 --seed 7 --duplicates 5 --out-of-order 10 --out e.ndjson --truth e.truth --state e.state",
            "crowsnest simulate --events 50 | crowsnest explain -",
        ],
        Notes =
        [
            "Three accounts in two regions with six clusters and some fifty services, on EC2, Fargate and Spot: deployments good, bad and rolled back, crash loops, "
            + "memory, images, health checks, lost instances, scheduled jobs. Another seed is another company.",
            "A line of the truth has n, id, kind, seed (the AWS blog post's rule of 2016 would tell it), class (what a STOPPED task or an error really is), fail, key, "
            + "ver, dup and late.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var count = invocation.Number("--events", 10_000, 1, int.MaxValue);
        var seed = Seed(invocation);
        var options = new SimulatorOptions { Seed = seed, OddPercent = Percent(invocation, "--odd") };
        if (invocation.Moment("--from") is { } from) options = options with { Start = from };
        var delivery = new DeliveryOptions
        {
            Duplicates = Percent(invocation, "--duplicates"), OutOfOrder = Percent(invocation, "--out-of-order"), VersionGaps = Percent(invocation, "--version-gaps"),
        };
        using var fleet = new FleetSimulator(options);
        var stream = new StreamDelivery(fleet, delivery, seed);
        var record = new TruthRecord(keepsStates: invocation.Has("--state"));
        DateTimeOffset last;
        try
        {
            await using var events = Events(invocation);
            await using var truth = Create(invocation, "--truth");
            await using var state = Create(invocation, "--state");
            last = await WriteAsync(stream, record, count, events, truth, cancellationToken);
            if (state is not null) record.WriteState(state);
        }
        catch (IOException failure)
        {
            throw new UnreachableStoreException($"not all of it could be written: {failure.Message}", failure);
        }

        await invocation.Host.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"crowsnest: {count} events of seed {seed}, {options.Start:yyyy-MM-dd'T'HH:mm:ss'Z'} to {last:yyyy-MM-dd'T'HH:mm:ss'Z'}; {record.Failures} of them are failures").AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    /// <summary>The seed that was asked for, or 1.</summary>
    internal static ulong Seed(Invocation invocation)
    {
        if (invocation.Option("--seed") is not { } text) return 1;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new UsageException($"--seed: '{text}' is not a whole number from 0 to {ulong.MaxValue}");
    }

    private static async Task<DateTimeOffset> WriteAsync(StreamDelivery stream, TruthRecord record, int count, Stream events, Stream? truth, CancellationToken cancellationToken)
    {
        var lines = new ArrayBufferWriter<byte>(FlushBytes + (64 << 10));
        var truthLines = truth is null ? null : new ArrayBufferWriter<byte>(1 << 16);
        DateTimeOffset last = default;
        for (var i = 0; i < count; i++)
        {
            var line = stream.Next();
            lines.Write(line.Json.Span);
            lines.Write("\n"u8);
            record.Take(line, truthLines);
            last = line.At;
            if (lines.WrittenCount >= FlushBytes) await FlushAsync();
        }

        await FlushAsync();
        return last;

        async Task FlushAsync()
        {
            await events.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
            if (truth is null) return;
            await truth.WriteAsync(truthLines!.WrittenMemory, cancellationToken);
            truthLines.ResetWrittenCount();
        }
    }

    private static double Percent(Invocation invocation, string name)
    {
        if (invocation.Option(name) is not { } text) return 0;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 50
            ? percent
            : throw new UsageException($"{name}: '{text}' is not a percentage from 0 to 50");
    }

    private static Stream Events(Invocation invocation)
    {
        if (invocation.Option("--out") is null) return invocation.Host.OpenOutput();
        return Create(invocation, "--out")!; // The option is there, so the file is.
    }

    private static FileStream? Create(Invocation invocation, string name)
    {
        if (invocation.Option(name) is not { } file) return null;
        try
        {
            return File.Create(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{name}: {failure.Message}", failure);
        }
    }
}
