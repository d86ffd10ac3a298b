using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws;
using Crowsnest.Aws.Ecs;
using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of the accounts that are compared with ECS: that the role can be taken on, and that it may ask all that a resync asks.</summary>
/// <remarks>One of each is asked for, in the first cluster: rights are given for all of a kind as a rule.</remarks>
internal static class ResyncChecks
{
    /// <summary>A finding for each account and region.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var account in config.Resync.Accounts)
        {
            foreach (var region in account.Regions) findings.Add(await LookAsync(account.RoleArn, region, config.Resync.LogLines, time, cancellationToken));
        }

        return findings;
    }

    private static async Task<Finding> LookAsync(string? role, string region, bool logLines, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = role is null ? $"resync {region}" : $"resync {region} as {role}";
        try
        {
            var look = new Look(new EcsBudget(EcsBudget.Share, time), cancellationToken);
            using var ecs = await Composition.EcsAsync(role, region, look.Budget, time, cancellationToken);
            var clusters = new List<string>();
            await foreach (var page in ecs.ListAsync(EcsResource.Cluster, null, cancellationToken)) clusters.AddRange(page);
            if (clusters.Count == 0) return Finding.Ok(check, "ECS answers; it has 0 clusters (whether what is in one may be read shows when there is one)");

            await look.DescribeAsync(ecs, EcsResource.Cluster, null, clusters);
            await look.OneAsync(ecs, EcsResource.Service, clusters[0]);
            await look.OneAsync(ecs, EcsResource.ContainerInstance, clusters[0]);
            var task = await look.OneAsync(ecs, EcsResource.Task, clusters[0]) ?? await look.OneAsync(ecs, EcsResource.StoppedTask, clusters[0]);
            var logs = await look.DefinitionAsync(ecs, task);
            if (logLines) await look.LogAsync(() => Composition.LogsAsync(role, logs?.Region ?? region, look.Budget, time, cancellationToken), logs);
            if (look.Denied.Count > 0)
                return Finding.Fault(check, $"it may not {string.Join(", ", look.Denied)}", "Give the role what docs/resync.md lists; what it may not read stays unknown, and the rest is compared.");
            var untried = look.Untried.Count > 0 ? $" ({string.Join(", ", look.Untried)} could not be tried: there is nothing to try with)" : "";
            return Finding.Ok(check, string.Create(CultureInfo.InvariantCulture, $"ECS answers; it has {clusters.Count} clusters, and what is in the first may be read{untried}"));
        }
        catch (AwsException failure)
        {
            return Finding.Fault(check, failure.InWords, "Compare the role and its policy with docs/resync.md.");
        }
    }

    private sealed class Look(EcsBudget budget, CancellationToken cancellationToken)
    {
        public EcsBudget Budget => budget;

        public SortedSet<string> Denied { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> Untried { get; } = new(StringComparer.Ordinal);

        // One of a kind, as it is described.
        public async Task<JsonElement?> OneAsync(EcsClient ecs, EcsResource resource, string cluster)
        {
            IReadOnlyList<string> arns = [];
            await TryAsync("ecs:" + resource.List, async () =>
            {
                await foreach (var page in ecs.ListAsync(resource, cluster, cancellationToken))
                {
                    arns = page;
                    break;
                }
            });
            return await DescribeAsync(ecs, resource, cluster, arns);
        }

        public async Task<JsonElement?> DescribeAsync(EcsClient ecs, EcsResource resource, string? cluster, IReadOnlyList<string> arns)
        {
            JsonElement? found = null;
            if (arns.Count == 0) Untried.Add("ecs:" + resource.Describe);
            else if (await TryAsync("ecs:" + resource.Describe, async () => found = (await ecs.DescribeAsync(resource, cluster, [arns[0]], cancellationToken)).Found.Select(one => (JsonElement?)one).FirstOrDefault())) Untried.Remove("ecs:" + resource.Describe);
            return found;
        }

        // Where one of its containers logs.
        public async Task<ContainerLog?> DefinitionAsync(EcsClient ecs, JsonElement? task)
        {
            if (task is not { } described || !described.TryGetProperty("taskDefinitionArn", out var arn) || arn.GetString() is not { } definition)
            {
                Untried.Add("ecs:DescribeTaskDefinition");
                return null;
            }

            ContainerLog? log = null;
            await TryAsync("ecs:DescribeTaskDefinition", async () => log = TaskDefinitions.LogsOf(await ecs.TaskDefinitionAsync(definition, cancellationToken)).FirstOrDefault());
            return log;
        }

        // Whether there is such a stream is another matter.
        public async Task LogAsync(Func<Task<Aws.Logs.LogsClient>> open, ContainerLog? log)
        {
            if (log is null)
            {
                Untried.Add("logs:GetLogEvents");
                return;
            }

            using var logs = await open();
            await TryAsync("logs:GetLogEvents", () => logs.LastAsync(log.Group, log.StreamOf("crowsnest-doctor") ?? "crowsnest-doctor", 1, cancellationToken));
        }

        private async Task<bool> TryAsync(string right, Func<Task> ask)
        {
            try
            {
                await ask();
                return true;
            }
            catch (AwsException denied) when (denied.Code is "AccessDenied" or "AccessDeniedException")
            {
                Denied.Add(right);
                return false;
            }
            catch (AwsException none) when (none.Code == "ResourceNotFoundException")
            {
                return true;
            }
        }
    }
}
