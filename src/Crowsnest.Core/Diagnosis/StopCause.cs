using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Diagnosis;

/// <summary>A row of the table of causes: when it is the reason for a task's stop, and what to say then. Users add rows of their own.</summary>
/// <remarks>
/// A row holds when each of its matchers that is not empty holds. Texts are compared without regard to case. <see cref="Words"/> may have the holes
/// <c>{container} {exit} {ran} {memory} {service} {instance} {host} {deployment} {reason} {containerReason}</c>; <c>[A|B]</c> says A if all its holes can be filled, else B.
/// </remarks>
public sealed class StopCause : ICauseWords
{
    private Cause? _cause;

    /// <summary>The kind's name, one of <see cref="CauseKinds"/> or the user's own.</summary>
    public required string Kind { get; init; }

    /// <summary>The outcome.</summary>
    public EventOutcome Outcome { get; init; } = EventOutcome.Failure;

    /// <summary>The severity.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>What happened, in one sentence.</summary>
    public required string Words { get; init; }

    /// <summary>What to do next.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>One host is the cause.</summary>
    public bool GroupsByInstance { get; init; }

    /// <summary>How sure a match is; users' own rows are surest.</summary>
    public int Rank { get; init; } = 100;

    /// <summary>The stop code is one of these.</summary>
    public ImmutableArray<string> StopCodes { get; init; } = [];

    /// <summary>The stopped reason begins with one of these.</summary>
    public ImmutableArray<string> ReasonPrefixes { get; init; } = [];

    /// <summary>The stopped reason contains one of these.</summary>
    public ImmutableArray<string> ReasonContains { get; init; } = [];

    /// <summary>A container's reason begins with one of these.</summary>
    public ImmutableArray<string> ContainerReasonPrefixes { get; init; } = [];

    /// <summary>A container exited with one of these codes.</summary>
    public ImmutableArray<int> ExitCodes { get; init; } = [];

    /// <summary>The stopped reason, or where containers decide a container's reason, begins with one of these; such texts are the agent's errors.</summary>
    internal ImmutableArray<string> ErrorPrefixes { get; init; } = [];

    /// <summary>And the text that begins so contains one of these.</summary>
    internal ImmutableArray<string> ErrorContains { get; init; } = [];

    /// <summary>What the other matchers cannot say.</summary>
    internal StopCondition? When { get; init; }

    /// <summary>A stop of this cause, for the table's test: stop code, stopped reason, then containers as <c>exit code or -|reason</c>.</summary>
    internal string[] Example { get; init; } = [];

    /// <summary>What a reader of the diagnosis sees of the row.</summary>
    internal Cause Cause => _cause ??= new Cause(Kind, Sentence.Say(Words, _ => null), NextStep, GroupsByInstance);

    internal bool Matches(in StopFacts stop)
    {
        if (!StopCodes.IsEmpty && !StopCodes.Contains(stop.EffectiveCode)) return false;
        if (!ReasonPrefixes.IsEmpty && !StartsWithAny(stop.Reason, ReasonPrefixes)) return false;
        if (!ReasonContains.IsEmpty && !ContainsAny(stop.Reason, ReasonContains)) return false;
        if (!ContainerReasonPrefixes.IsEmpty && !AnyContainer(stop, ContainerReasonPrefixes, [])) return false;
        if (!ExitCodes.IsEmpty && !AnyExit(stop)) return false;
        if (!ErrorPrefixes.IsEmpty && !HasError(stop)) return false;
        return When is null || When(stop);
    }

    string? ICauseWords.Summary(object? subject) => Sentence.Say(Words, name => StopWords.Fact(name, subject!, CulpritReason(subject!)));

    IReadOnlyList<string>? ICauseWords.Evidence(object? subject) => StopWords.Evidence(subject!);

    private string CulpritReason(object subject)
    {
        var stop = StopFacts.Of(subject);
        foreach (var prefix in ErrorPrefixes.AddRange(ContainerReasonPrefixes))
        {
            if (AnyContainer(stop, [prefix], [])) return prefix;
        }

        return "";
    }

    private bool HasError(in StopFacts stop)
    {
        if (StartsWithAny(stop.Reason, ErrorPrefixes) && (ErrorContains.IsEmpty || ContainsAny(stop.Reason, ErrorContains))) return true;
        return stop.ContainersDecide && AnyContainer(stop, ErrorPrefixes, ErrorContains);
    }

    private bool AnyExit(in StopFacts stop)
    {
        foreach (ref readonly var c in stop.Containers)
        {
            if (c.ExitCode is { } code && ExitCodes.Contains(code)) return true;
        }

        return false;
    }

    private static bool AnyContainer(in StopFacts stop, ImmutableArray<string> prefixes, ImmutableArray<string> contains)
    {
        foreach (ref readonly var c in stop.Containers)
        {
            if (c.Reason is { Length: > 0 } reason && StartsWithAny(reason, prefixes) && (contains.IsEmpty || ContainsAny(reason, contains))) return true;
        }

        return false;
    }

    private static bool StartsWithAny(string text, ImmutableArray<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool ContainsAny(string text, ImmutableArray<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}

/// <summary>A condition on a stop.</summary>
internal delegate bool StopCondition(in StopFacts stop);

/// <summary>The holes of a stop's sentence, and its evidence.</summary>
internal static class StopWords
{
    private const int FactMax = 240;

    public static string? Fact(string name, object subject, string culpritReason)
    {
        var stop = StopFacts.Of(subject);
        var container = stop.Culprit(culpritReason);
        return name switch
        {
            "container" => container?.Name is { Length: > 0 } c ? "\"" + HostileText.Quote(c, 100) + "\"" : null,
            "exit" => container?.ExitCode is { } code ? ExitCodes.Say(code) : null,
            "containerReason" => Quoted(container?.Reason),
            "reason" => Quoted(stop.Reason),
            "ran" => Ran(stop),
            "memory" => Quoted(stop.Memory),
            "service" => Quoted(stop.Service),
            "instance" => Quoted(stop.Instance),
            "host" => HostIn(stop.Reason),
            "deployment" => DeploymentIn(stop.Reason) is { Length: > 0 } d ? Quoted(d.ToString()) : null,
            _ => null,
        };
    }

    public static IReadOnlyList<string> Evidence(object subject)
    {
        var stop = StopFacts.Of(subject);
        var said = new List<string>();
        if (stop.StopCode.Length > 0) said.Add("stopCode=" + HostileText.Quote(stop.StopCode, FactMax));
        if (stop.Reason.Length > 0) said.Add("stoppedReason=" + HostileText.Quote(stop.Reason, FactMax));
        foreach (var c in stop.Containers)
        {
            if (said.Count >= 24) break;
            if (c.ExitCode is null && string.IsNullOrEmpty(c.Reason) && !stop.IsStopped) continue;
            var exit = c.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit {code}") : "no exit code";
            var reason = string.IsNullOrEmpty(c.Reason) ? "" : ", " + HostileText.Quote(c.Reason, FactMax);
            said.Add($"container {HostileText.Quote(c.Name, 100)}: {exit}{reason}");
        }

        if (Ran(stop) is { } ran) said.Add("ran " + ran);
        return said;
    }

    /// <summary>The <c>ecs-svc/N</c> that a reason names; empty when it names none.</summary>
    public static ReadOnlySpan<char> DeploymentIn(string reason)
    {
        const string Prefix = "ecs-svc/";
        var start = reason.IndexOf(Prefix, StringComparison.Ordinal);
        if (start < 0) return [];
        var end = start + Prefix.Length;
        while (end < reason.Length && char.IsAsciiLetterOrDigit(reason[end])) end++;
        return reason.AsSpan(start, end - start);
    }

    private static string? HostIn(string reason)
    {
        const string Prefix = "(instance ";
        var start = reason.IndexOf(Prefix, StringComparison.Ordinal);
        var end = start < 0 ? -1 : reason.IndexOf(')', start);
        return end < 0 ? null : Quoted(reason[(start + Prefix.Length)..end]);
    }

    private static string? Quoted(string? text) => string.IsNullOrEmpty(text) ? null : HostileText.Quote(text, FactMax);

    private static string? Ran(in StopFacts stop)
    {
        if (!stop.StartedAt.HasValue || !stop.EndedAt.HasValue) return null;
        var seconds = (stop.EndedAt.UnixMilliseconds - stop.StartedAt.UnixMilliseconds) / 1000;
        if (seconds < 0) return null;

        var (big, small) = seconds switch
        {
            < 60 => ($"{seconds} s", ""),
            < 3_600 => ($"{seconds / 60} m", $" {seconds % 60} s"),
            < 86_400 => ($"{seconds / 3_600} h", $" {seconds / 60 % 60} m"),
            _ => ($"{seconds / 86_400} d", $" {seconds / 3_600 % 24} h"),
        };
        return big + small;
    }
}
