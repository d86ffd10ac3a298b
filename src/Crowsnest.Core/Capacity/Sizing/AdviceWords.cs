using System.Globalization;
using Crowsnest.Core.Diagnosis;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Advice in sentences: the same in the API, on the page and on the command line.</summary>
internal static class AdviceWords
{
    private const string NotNearer = "It is as far as what was seen goes: less would be a guess.";

    public static string Memory(double mib) => string.Create(CultureInfo.InvariantCulture, $"{mib:0.#} MiB");

    public static string Cpu(double units) => string.Create(CultureInfo.InvariantCulture, $"{units:0.#} CPU units");

    public static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    public static string Size(AdvisedSize size) => (size.Cpu, size.Memory) switch
    {
        ({ } cpu, { } memory) => $"{Cpu(cpu)} with {Memory(memory)}",
        ({ } cpu, null) => Cpu(cpu),
        (null, { } memory) => Memory(memory),
        _ => "an unknown size",
    };

    /// <summary>The amount, and the step that it is rounded up to.</summary>
    public static string Stepped(string formula, double need, long to, long least, Func<double, string> say) =>
        need == to ? formula : $"{formula}, rounded up to steps of {say(SizeSteps.At(need, least))}: {say(to)}";

    public static string OnFargate(string formula, FargateSize size) => $"{formula}; the least size of Fargate's that has it: {Size(new AdvisedSize(size.Cpu, size.Memory))}";

    public static string Killed(string who, int kills, int days, AdvisedSize? from, AdvisedSize? to) => from is { } before && to is { } after
        ? $"Give {who} {Size(after)} instead of {Size(before)}: it was killed for its memory {Times(kills)} in {days} days."
        : $"Give {who} more memory: it was killed for it {Times(kills)} in {days} days, and no event says how much it has.";

    public static string Short(string who, AdvisedSize from, AdvisedSize to) => $"Give {who} {Size(to)} instead of {Size(from)}: it takes nearly all that it has.";

    public static string Spare(string who, AdvisedSize from, AdvisedSize to) => $"Give {who} {Size(to)} instead of {Size(from)}: it never came near what it has.";

    public static string Restarts(string who, int count, int days) => $"Find out why {who} ends: it did {Times(count)} in {days} days, each time a task with it, and no size would help.";

    public static string Exit(int? exitCode) => exitCode is { } code ? ExitCodes.Say(code) : "no exit code";

    public static string RiskOf(AdviceKind kind, bool isFargate) => kind switch
    {
        AdviceKind.RaiseMemory => "It reserves more. If its memory only grows until it is killed, that happens later and not never: look for a leak when it is killed again.",
        AdviceKind.RaiseCpu => "It reserves more, and may be waiting for something else than CPU.",
        AdviceKind.LowerMemory => "What takes more than its limit is killed. A peak that is rarer than the days looked at is not in the numbers.",
        AdviceKind.LowerCpu when isFargate => "A task on Fargate cannot have more CPU than its size: at its rare peaks it is slower than today.",
        AdviceKind.LowerCpu => "What it reserves no longer others may take: at its rare peaks on a full instance it is slower than today.",
        AdviceKind.ResizeTask => "A task on Fargate has no more than its size: what takes more memory is killed, and at rare peaks of CPU it is slower than today.",
        _ => "As long as it goes on, tasks live too shortly for what is measured of them to say much about sizes.",
    };

    public static string WhyNotMore(AdviceKind kind, WishCause cause, FargateSize? less) => (kind, cause) switch
    {
        (_, WishCause.Killed) => "How much it would have taken no event says. A quarter more shows it: when it is killed there too, the next advice goes on from that limit.",
        (AdviceKind.RaiseCpu or AdviceKind.RaiseMemory, _) => "It is what was used and the room that the formula asks for; nothing was seen that needs more.",
        (_, _) when less is { } size => $"Fargate's next smaller size, {Size(new AdvisedSize(size.Cpu, size.Memory))}, has less than that.",
        _ => NotNearer,
    };

    public static string WhyNoSize(int? exitCode) => exitCode switch
    {
        ExitCodes.Killed => "It was killed, and no out-of-memory is on record: it may have overrun its stop timeout, or something killed it from inside or from the host. Memory is advised on evidence only.",
        0 => "It ended by itself and well: a service starts it again each time. What is meant to end is a scheduled task.",
        _ => "An exit code says nothing about sizes: the container's last log lines do.",
    };
}
