using System.Globalization;
using Crowsnest.Aws;
using Crowsnest.Aws.Ecs;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of the accounts that are compared with ECS: that the role can be taken on, and the clusters be listed.</summary>
internal static class ResyncChecks
{
    /// <summary>A finding for each account and region.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var account in config.Resync.Accounts)
        {
            foreach (var region in account.Regions) findings.Add(await LookAsync(account.RoleArn, region, time, cancellationToken));
        }

        return findings;
    }

    private static async Task<Finding> LookAsync(string? role, string region, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = role is null ? $"resync {region}" : $"resync {region} as {role}";
        try
        {
            using var ecs = await Composition.EcsAsync(role, region, new EcsBudget(EcsBudget.Share, time), time, cancellationToken);
            var clusters = 0;
            await foreach (var page in ecs.ListAsync(EcsResource.Cluster, null, cancellationToken)) clusters += page.Count;
            return Finding.Ok(check, string.Create(CultureInfo.InvariantCulture, $"ECS answers; it has {clusters} clusters (whether what is in them may be read shows when it is)"));
        }
        catch (AwsException failure)
        {
            return Finding.Fault(check, failure.InWords, "Compare the role and its policy with docs/resync.md.");
        }
    }
}
