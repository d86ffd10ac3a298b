using static Crowsnest.Core.Diagnosis.CauseKinds;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Rows for tasks that ended by themselves, told by exit codes; and the last rows, for what nobody has explained.</summary>
internal static class ExitCauses
{
    private const string Essential = "EssentialContainerExited";
    private const string Exited = "[The container {container} exited with {exit}|An essential container exited][ after {ran}].";

    public static IReadOnlyList<StopCause> Rows { get; } =
    [
        new() { Kind = Completed, Outcome = EventOutcome.Routine, Severity = Severity.Warning, Rank = 30, StopCodes = [Essential],
            When = static (in StopFacts s) => s.IsOfService && s.ReadExits() == ExitReading.Completed,
            Words = "[The container {container} ended with exit code 0|The task ended with exit code 0][ after {ran}], and its service will start it again.",
            NextStep = "If it is meant to end, run it as a scheduled task instead of a service.",
            Example = [Essential, "Essential container in task exited", "0|", "143|"] },
        new() { Kind = Completed, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 30, StopCodes = [Essential],
            When = static (in StopFacts s) => !s.IsOfService && s.ReadExits() == ExitReading.Completed,
            Words = "The task finished its work with exit code 0[ after {ran}].", Example = [Essential, "Essential container in task exited", "0|", "137|"] },
        new() { Kind = EssentialContainerExited, Rank = 40, StopCodes = [Essential], ExitCodes = [139, 134, 135, 136], When = Crashed,
            Words = Exited, NextStep = "Read the container's last log lines and its core dump; look for native libraries and the last change of the image.",
            Example = [Essential, "Essential container in task exited", "139|"] },
        new() { Kind = EssentialContainerExited, Rank = 40, StopCodes = [Essential], ExitCodes = [125, 126, 127], When = Crashed,
            Words = Exited, NextStep = "Check the image's entry point and the task definition's command: the program is not there or not executable.",
            Example = [Essential, "Essential container in task exited", "127|"] },
        new() { Kind = EssentialContainerExited, Rank = 40, StopCodes = [Essential], When = Crashed,
            Words = Exited, NextStep = "Read the container's last log lines before it exited.", Example = [Essential, "Essential container in task exited", "0|", "2|"] },
        new() { Kind = EssentialContainerExited, Rank = 35, StopCodes = [Essential], When = static (in StopFacts s) => s.ReadExits() == ExitReading.Reasoned,
            Words = "[The container {container} ended: {containerReason}|An essential container ended].", NextStep = "Read the reason, then the container's last log lines.",
            Example = [Essential, "Essential container in task exited", "-|something odd"] },
        new() { Kind = EssentialContainerExited, Rank = 30, StopCodes = [Essential], When = static (in StopFacts s) => s.ReadExits() == ExitReading.Signalled,
            Words = Exited, NextStep = "Something killed it: no out-of-memory was recorded, so look for a kill from inside, from the host, or from the kernel.",
            Example = [Essential, "Essential container in task exited", "137|"] },
        new() { Kind = EssentialContainerExited, Rank = 10, StopCodes = [Essential], When = static (in StopFacts s) => s.ReadExits() == ExitReading.Silent,
            Words = "An essential container exited; ECS did not say with which code.", NextStep = "Read the containers' last log lines.",
            Example = [Essential, "Essential container in task exited", "-|"] },
        new() { Kind = Unknown, Outcome = EventOutcome.Unknown, Severity = Severity.Info, Rank = 0, StopCodes = [Essential],
            Words = "An essential container exited; its exit code is not known yet.", Example = ["RUNNING", Essential, "Essential container in task exited", "-|"] },

        // No stop code and a reason that nobody knows: before 2018 there were no codes. While the task is stopping a code may still come.
        new() { Kind = EssentialContainerExited, Rank = 10, When = static (in StopFacts s) => IsSilentStop(s) && Crashed(s),
            Words = Exited, NextStep = "Read the container's last log lines before it exited.", Example = ["", "", "1|"] },
        new() { Kind = Completed, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 10,
            When = static (in StopFacts s) => IsSilentStop(s) && s.ReadExits() == ExitReading.Completed,
            Words = "The task ended with exit code 0[ after {ran}].", Example = ["", "", "0|"] },
        new() { Kind = Unknown, Outcome = EventOutcome.Unknown, Severity = Severity.Warning, Rank = 5, ReasonPrefixes = [Resync.Reconciler.NotSeen], When = IsSilentStop,
            Words = "The task is gone, and nothing told of its end[: {reason}].", NextStep = "Look at how events come in: those of its end were lost, or came while nothing listened.",
            Example = ["", "Not seen again since 2026-03-02T03:12:00.000Z: ECS no longer has this task, and no event told of its end.", "-|"] },
        new() { Kind = Unknown, Outcome = EventOutcome.Unknown, Severity = Severity.Warning, Rank = 5, When = static (in StopFacts s) => s.IsStopped,
            Words = "The task stopped, and nothing says why[: {reason}].", NextStep = "Ask ECS for the task (describe-tasks) within the hour.",
            Example = ["ServiceSchedulerInitiated", "", "137|"] },
        new() { Kind = Unknown, Outcome = EventOutcome.Unknown, Severity = Severity.Info, Rank = 0,
            Words = "The task is stopping; why is not known yet[: {reason}].", Example = ["RUNNING", "ServiceSchedulerInitiated", "", "-|"] },
    ];

    private static bool Crashed(in StopFacts stop) => stop.ReadExits() == ExitReading.Crashed;

    private static bool IsSilentStop(in StopFacts stop) => stop.IsStopped && stop.StopCode.Length == 0;
}
