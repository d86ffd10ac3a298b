namespace Crowsnest.Core.Rules;

/// <summary>What each rule that comes with the program tells, in words for a list.</summary>
public static class ShippedRuleWords
{
    private static readonly Dictionary<string, string> All = new(StringComparer.Ordinal)
    {
        [ShippedRules.TaskFailed] = "Failures of severity error and above, by kind and service or by the host.",
        [ShippedRules.SpotInterruption] = "What Spot took back, by cluster.",
        [ShippedRules.CrashLoop] = "Three failures of a service or family within ten minutes.",
        [ShippedRules.StoppedEssential] = "Tasks that stopped because an essential container exited, whatever its exit code: the rule of AWS's blog post.",
        [ShippedRules.DeploymentStarted] = "A deployment began.",
        [ShippedRules.DeploymentCompleted] = "A deployment is complete.",
        [ShippedRules.DeploymentRolledBack] = "A deployment is being rolled back.",
        ["agent-disconnected"] = "A container instance's agent is away.",
        ["not-enough-running"] = "Fewer tasks of a service run than it wants.",
        ["none-running"] = "No task of a service runs, and it wants some.",
        ["task-pending"] = "Tasks do not come up.",
        ["deployment-stuck"] = "A deployment does not end.",
        ["hook-expiring"] = "A hook of a deployment waits for somebody, and not for long any more.",
        ["instance-draining"] = "A container instance is drained and does not get empty.",
        ["stream-silent"] = "No heartbeat comes from an account and region that sent some: its events do not arrive.",
        ["cpu-reserved"] = "More than 90 % of a cluster's CPU is reserved.",
        ["memory-reserved"] = "More than 90 % of a cluster's memory is reserved.",
        ["no-room"] = "There is no room for another task of a service.",
        ["instance-idle"] = "A container instance has no task but daemons'.",
        ["zones-uneven"] = "A service has three tasks more in one zone than in another.",
    };

    /// <summary>In a sentence; empty for a rule that does not come with the program.</summary>
    public static string Of(string rule) => All.GetValueOrDefault(rule, "");
}
