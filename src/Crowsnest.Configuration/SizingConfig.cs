using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Configuration;

/// <summary>What advice on sizes is made from, besides events.</summary>
public sealed record SizingConfig
{
    /// <summary>Who measures what tasks use; <see langword="null"/>: nobody.</summary>
    public UsageConfig? Usage { get; init; }

    /// <summary>What is too little to be said, and the prices.</summary>
    public AdviceOptions Options { get; init; } = new();
}

/// <summary>Who measures what tasks use.</summary>
public abstract record UsageConfig
{
    private UsageConfig()
    {
    }

    /// <summary>CloudWatch Container Insights, in the accounts and regions under <c>resync</c>.</summary>
    public sealed record ContainerInsights : UsageConfig;

    /// <summary>A server with Prometheus's HTTP API.</summary>
    public sealed record PrometheusServer : UsageConfig
    {
        /// <summary>Its address, without <c>/api/v1</c>.</summary>
        public required Uri Url { get; init; }

        /// <summary>A bearer token, or <see langword="null"/>.</summary>
        public Secret? Token { get; init; }

        /// <summary>Whether its name may lead to this machine or a private network.</summary>
        public bool AllowPrivate { get; init; }

        /// <summary>One point for each of these.</summary>
        public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(5);

        /// <summary>The label whose value is the service's name; empty where there is none, as in cAdvisor.</summary>
        public string ServiceLabel { get; init; } = "";

        /// <summary>The label whose value is the task definition's family.</summary>
        public string FamilyLabel { get; init; } = "container_label_com_amazonaws_ecs_task_definition_family";

        /// <summary>The label whose value is the container's name.</summary>
        public string ContainerLabel { get; init; } = "container_label_com_amazonaws_ecs_container_name";

        /// <summary>The label whose value is the cluster's name, in the queries that are not given.</summary>
        public string ClusterLabel { get; init; } = "container_label_com_amazonaws_ecs_cluster";

        /// <summary>What is asked for CPU units; ours when <see langword="null"/>. <c>$cluster</c> stands for the cluster's name.</summary>
        public string? CpuQuery { get; init; }

        /// <summary>What is asked for MiB of memory.</summary>
        public string? MemoryQuery { get; init; }

        /// <summary>What is asked for numbers of tasks; nothing when <see langword="null"/>.</summary>
        public string? TasksQuery { get; init; }
    }
}
