namespace Crowsnest.Simulator;

/// <summary>The names that a fleet is made of.</summary>
internal static class Catalogue
{
    /// <summary>A service behind a load balancer.</summary>
    public static readonly string[] Web =
    [
        "cart", "catalog", "payments", "orders", "shipping", "inventory", "pricing", "accounts", "identity", "storefront", "api-gateway", "notifications", "reviews",
        "loyalty", "coupons", "media-api", "webhooks", "admin", "partner-api", "mobile-bff", "search-api", "gift-cards", "returns", "wishlist",
    ];

    /// <summary>A service that works through queues.</summary>
    public static readonly string[] Workers =
    [
        "order-events", "email-sender", "invoice-worker", "thumbnailer", "outbox-relay", "ledger-writer", "stock-sync", "sms-sender", "audit-log", "fraud-check",
    ];

    /// <summary>What a data team runs.</summary>
    public static readonly string[] Data = ["clickstream", "feature-store", "etl-loader", "report-builder", "model-trainer", "cdc-reader", "lake-writer", "sessionizer"];

    /// <summary>What a platform team runs.</summary>
    public static readonly string[] Platform = ["ci-runner", "artifact-cache", "metrics-gateway", "log-router", "secrets-sync", "build-queue"];

    /// <summary>Containers beside the main one.</summary>
    public static readonly (string Name, string Image)[] Sidecars =
    [
        ("envoy", "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.6.1-prod"), ("log_router", "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"),
        ("aws-otel-collector", "public.ecr.aws/aws-observability/aws-otel-collector:v0.41.1"),
    ];

    /// <summary>How companies name their clusters: production twice, staging, platform, data, edge.</summary>
    public static readonly string[][] ClusterNames =
    [
        ["prod", "prod", "staging", "platform", "data-spot", "edge"], ["production", "production", "preview", "tools", "analytics", "front"],
        ["live", "live", "test", "shared", "lake", "cdn"], ["shop-prod", "shop-prod", "shop-staging", "shop-platform", "shop-data", "shop-edge"],
    ];

    /// <summary>Pairs of regions.</summary>
    public static readonly string[][] Regions =
    [
        ["eu-west-1", "us-east-1"], ["eu-central-1", "us-west-2"], ["us-east-1", "us-west-2"], ["ap-southeast-2", "us-west-2"], ["eu-north-1", "eu-west-1"],
    ];

    /// <summary>Scheduled jobs: name, seconds between runs, seconds of work, percent that fail.</summary>
    public static readonly (string Name, double Every, double Work, double Fails)[] Jobs =
    [
        ("fx-rates", 300, 18, 12), ("expire-carts", 600, 40, 1), ("sitemap", 3600, 90, 3), ("send-digests", 1800, 120, 5), ("data-quality", 900, 60, 8), ("reindex-products", 7200, 900, 4),
    ];

    /// <summary>What people run by hand.</summary>
    public static readonly string[] ByHand = ["db-migrate", "backfill-orders", "load-test", "support-console"];

    /// <summary>What people write when they stop a task.</summary>
    public static readonly string[] StopNotes = ["Task stopped by user", "restart for config change", "stuck on a lock, see #ops", "Arrêt demandé par l’équipe « ops »", "テスト終了"];
}
