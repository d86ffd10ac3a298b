using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>Looks whether everything that a Crowsnest needs is well, and says what to do about what is not.</summary>
internal static class DoctorCommand
{
    private static readonly IReadOnlyList<Column> Columns = [new("CHECK", "check"), new("STATUS", "status"), new("WHAT", "message", 90), new("NEXT STEP", "nextStep")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "doctor",
        Summary = "checks configuration, data, disk, store, server, receivers and clock, and says what to do about each fault",
        Arguments = "[--deep] [--stack NAME [--region R]]",
        Options = [new("--deep", null, "reads every byte of the data too, which takes a while"), StackPlace.NameOption, StackPlace.RegionOption],
        Examples = ["crowsnest doctor", "crowsnest doctor --deep --data /var/lib/crowsnest", "crowsnest doctor --stack crowsnest --region eu-west-1", "crowsnest doctor -o json | jq '.[] | select(.status != \"ok\")'"],
        Notes = ["Nothing is changed and no message is sent. Exits with 1 when there is a fault; a warning alone is none."],
        ExitCodes = [(1, "there is a fault")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        var config = await ConfigurationAsync(invocation, findings, cancellationToken);
        var checks = new DoctorChecks(invocation, config ?? new CrowsnestConfig());
        findings.AddRange(checks.Folder());
        findings.AddRange(checks.Disk());
        using (var bar = new ProgressBar(invocation.Host))
        {
            findings.AddRange(await checks.DataAsync(
                invocation.Has("--deep"), (done, inAll) => bar.Show(() => ProgressBar.Line(done, inAll, $"{done} of {inAll} blocks read")), cancellationToken));
        }

        if (config is not null) findings.AddRange(await StoreChecks.RunAsync(config, invocation.Host.Time, cancellationToken));
        findings.AddRange(await checks.ServerAsync(cancellationToken));
        if (config is not null) findings.AddRange(await QueueChecks.RunAsync(config, invocation.Host.Time, cancellationToken));
        if (config is not null) findings.AddRange(await ResyncChecks.RunAsync(config, invocation.Host.Time, cancellationToken));
        if (config is not null) findings.AddRange(await UsageChecks.RunAsync(config, invocation.Host.Time, cancellationToken));
        findings.AddRange(checks.Topics());
        if (config is not null) findings.AddRange(await checks.ReceiversAsync(cancellationToken));
        if (invocation.Option(StackPlace.NameOption.Name) is { } stack) findings.AddRange(await StackAsync(invocation, stack, config, cancellationToken));
        findings.Add(checks.Files());
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), [.. findings.Select(f => f.Row())], Columns);
        return findings.Exists(f => f.Status == FindingStatus.Fault) ? ExitCode.No : ExitCode.Done;
    }

    private static async Task<IReadOnlyList<Finding>> StackAsync(Invocation invocation, string stack, CrowsnestConfig? config, CancellationToken cancellationToken)
    {
        try
        {
            return await StackChecks.RunAsync(await StackPlace.FindAsync(invocation, stack, cancellationToken), config?.Verify, cancellationToken);
        }
        catch (UnreachableStoreException failure)
        {
            return [Finding.Fault($"stack {stack}", failure.Message, "See whether --region and the credentials are right.")];
        }
    }

    // All mistakes, each a line: what is wrong elsewhere is still worth knowing.
    private static async Task<CrowsnestConfig?> ConfigurationAsync(Invocation invocation, List<Finding> findings, CancellationToken cancellationToken)
    {
        try
        {
            var config = await invocation.LoadConfigAsync(cancellationToken);
            findings.Add(Finding.Ok("configuration", "no mistakes"));
            return config;
        }
        catch (ConfigException mistakes)
        {
            findings.AddRange(mistakes.Message.Split('\n').Select(m => Finding.Fault("configuration", m, "Change that line; 'crowsnest rules check FILE' looks again.")));
            return null;
        }
    }
}

/// <summary>How something is.</summary>
internal enum FindingStatus
{
    /// <summary>Well.</summary>
    Ok,

    /// <summary>It works, and may not for long.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Fault,
}

/// <summary>What was found of one thing.</summary>
internal sealed record Finding(string Check, FindingStatus Status, string Message, string NextStep)
{
    /// <summary>It is well.</summary>
    public static Finding Ok(string check, string message) => new(check, FindingStatus.Ok, message, "");

    /// <summary>It works, and may not for long.</summary>
    public static Finding Warning(string check, string message, string nextStep) => new(check, FindingStatus.Warning, message, nextStep);

    /// <summary>It does not work.</summary>
    public static Finding Fault(string check, string message, string nextStep) => new(check, FindingStatus.Fault, message, nextStep);

    /// <summary>As a row.</summary>
    public System.Text.Json.JsonElement Row() => RowWriter.Object(writer =>
    {
        writer.WriteString("check", Check);
        writer.WriteString("status", Status.ToString().ToLowerInvariant());
        writer.WriteString("message", Message);
        writer.WriteString("nextStep", NextStep);
    });
}
