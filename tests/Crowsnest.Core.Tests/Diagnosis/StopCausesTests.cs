using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Diagnosis;

public class StopCausesTests
{
    private static readonly EventDiagnoser Diagnoser = new();

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, StopCauses.All.Count)];

    // Goal: each row of the table is the one that its own example meets, so no row hides another.
    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_cause_is_found_by_its_own_example(int index)
    {
        var row = StopCauses.All[index];
        var stop = ExampleOf(row);

        foreach (var diagnosis in new[] { Diagnoser.Diagnose(stop), Diagnoser.Diagnose(StopEvidence.From(stop)!) })
        {
            Assert.Same(row.Cause, diagnosis.Cause);
            Assert.Equal((row.Kind, row.Outcome, row.Severity, row.Rank), (diagnosis.Kind, diagnosis.Outcome, diagnosis.Severity, diagnosis.Rank));
            Assert.Matches(@"^[A-Z][^\[\]{}]*\.$", diagnosis.Summary.Replace("ecs-svc/", "", StringComparison.Ordinal));
            if (row.Outcome == EventOutcome.Failure) Assert.NotEqual("", diagnosis.NextStep);
        }
    }

    [Theory]
    [InlineData("EssentialContainerExited", "OutOfMemory", 137, "OutOfMemoryError: Container killed due to memory usage")]
    [InlineData("EssentialContainerExited", "EssentialContainerExited", 137, null)]
    [InlineData("ServiceSchedulerInitiated", "Unknown", 137, null)]
    [InlineData("UserInitiated", "UserStopped", 1, "OutOfMemoryError: Container killed due to memory usage")]
    [InlineData("NewCodeOfTheFuture", "OutOfMemory", 137, "OutOfMemoryError")]
    public void Killed_is_out_of_memory_only_where_a_reason_says_so(string code, string kind, int exit, string? reason)
        => Assert.Equal(kind, Diagnoser.Diagnose(Some.Task(stopCode: code, containers: [Some.Container(exit, reason)])).Kind);

    // Account ids, digests and ports hold any digits: a status is one only where it stands as one.
    [Theory]
    [InlineData("CannotPullContainerError: pull image manifest from 140342901234.dkr.ecr.eu-west-1.amazonaws.com/app: unexpected EOF", "could not be pulled.")]
    [InlineData("CannotPullContainerError: failed to copy app@sha256:ab429cd403ef: unexpected EOF", "could not be pulled.")]
    [InlineData("CannotPullContainerError: httpReadSeeker: failed open: unexpected status code https://r/v2/a/manifests/1: 429 Too Many Requests", "could not be pulled: the registry's rate limit is reached.")]
    [InlineData("CannotPullContainerError: unexpected status from HEAD request to https://r/v2/a/manifests/1: 403 Forbidden", "could not be pulled: the registry refused it.")]
    public void A_status_is_read_only_where_it_stands_as_one(string reason, string words)
        => Assert.EndsWith(words, Diagnoser.Diagnose(Some.Task(stopCode: "TaskFailedToStart", stoppedReason: reason)).Summary, StringComparison.Ordinal);

    [Theory]
    [InlineData("STOPPED", "Completed", 0, 143, 137)]
    [InlineData("STOPPED", "EssentialContainerExited", 143, 137)]
    [InlineData("STOPPED", "EssentialContainerExited", 0, 1)]
    [InlineData("STOPPED", "EssentialContainerExited", 0, null)]
    [InlineData("STOPPED", "EssentialContainerExited", null)]
    [InlineData("DEPROVISIONING", "Unknown", null)]
    [InlineData("DEPROVISIONING", "Unknown", 0, null)]
    [InlineData("DEPROVISIONING", "Completed", 0, 0)]
    [InlineData("DEPROVISIONING", "EssentialContainerExited", 2, null)]
    public void Exit_codes_tell_completion_from_failure(string lastStatus, string kind, params int?[]? exits)
    {
        var containers = (exits ?? [null]).Select((e, i) => Some.Container(e, name: "c" + i)).ToArray();

        Assert.Equal(kind, Diagnoser.Diagnose(Some.Task(lastStatus, "EssentialContainerExited", "Essential container in task exited", containers)).Kind);
    }

    [Theory]
    [InlineData("api", Severity.Warning)]
    [InlineData("", Severity.Info)]
    public void A_task_that_exits_with_0_is_routine_and_a_warning_for_a_service(string service, Severity severity)
    {
        var diagnosis = Diagnoser.Diagnose(
            Some.Task(stopCode: "EssentialContainerExited", containers: [Some.Container(0)], service: service, startedBy: service.Length > 0 ? "ecs-svc/1" : "me"));

        Assert.Equal((EventOutcome.Routine, severity), (diagnosis.Outcome, diagnosis.Severity));
    }

    [Fact]
    public void The_summary_is_a_sentence_with_the_facts()
    {
        var started = new EventTime(Some.Noon.ToUnixTimeMilliseconds());
        var diagnosis = Diagnoser.Diagnose(Some.Task(
            stopCode: "EssentialContainerExited", containers: [Some.Container(137, "OutOfMemoryError: Container killed due to memory usage")],
            startedAt: started, stoppingAt: new EventTime(started.UnixMilliseconds + (((3 * 60) + 12) * 60_000))));

        Assert.Equal("The container \"web\" was killed at its memory limit (the task has 512 MiB) after 3 h 12 m.", diagnosis.Summary);
        Assert.Contains("container web: exit 137, OutOfMemoryError: Container killed due to memory usage", diagnosis.Evidence);
    }

    [Fact]
    public void Hostile_text_loses_control_characters_and_length()
    {
        var text = "\u001b[31m\r\n<!channel>\u202e" + new string('x', 100_000);
        var diagnosis = Diagnoser.Diagnose(Some.Task(stopCode: "UserInitiated", stoppedReason: text, containers: [Some.Container(0, text, text)]));

        foreach (var said in diagnosis.Evidence.Prepend(diagnosis.Summary))
        {
            Assert.True(said.Length <= Sentence.LengthMax, said);
            Assert.DoesNotContain(said, c => char.IsControl(c) || c == '\u202e');
        }
    }

    [Fact]
    public void A_users_own_cause_comes_first()
    {
        var own = new StopCause { Kind = "Licence", Words = "[{container}] has no licence[ ({exit})].", ExitCodes = [77], Severity = Severity.Critical };
        var diagnosis = new EventDiagnoser([own], TrustedSources.Default).Diagnose(Some.Task(stopCode: "EssentialContainerExited", containers: [Some.Container(77)]));

        Assert.Equal(("Licence", Severity.Critical, "\"web\" has no licence (exit code 77)."), (diagnosis.Kind, diagnosis.Severity, diagnosis.Summary));
    }

    [Fact]
    public void A_source_that_is_not_trusted_is_not_diagnosed()
    {
        var stop = Some.Task(stopCode: "TaskFailedToStart", source: "my.app");

        Assert.Equal(EventOutcome.Info, Diagnoser.Diagnose(stop).Outcome);
        Assert.Equal(EventOutcome.Failure, new EventDiagnoser([], new TrustedSources(["my.*"])).Diagnose(stop).Outcome);
    }

    private static EcsEvent ExampleOf(StopCause row)
    {
        Assert.NotEmpty(row.Example);
        var said = row.Example.ToList();
        var lastStatus = "STOPPED";
        if (said[0] == "RUNNING")
        {
            lastStatus = said[0];
            said.RemoveAt(0);
        }

        var containers = said.Skip(2).Select((text, i) => text.Split('|', 2) is var parts
            ? Some.Container(parts[0] == "-" ? null : int.Parse(parts[0]), parts[1].Length == 0 ? null : parts[1], "c" + i) : default).ToArray();
        var standalone = row.Kind == CauseKinds.Completed && row.Severity == Severity.Info;
        return Some.Task(
            lastStatus, said[0].Length == 0 ? null : said[0], said[1].Length == 0 ? null : said[1], containers,
            service: standalone ? "" : "api", startedBy: standalone ? "me" : "ecs-svc/1");
    }
}
