using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Configuration;

/// <summary>Reads the sections <c>usage</c>, <c>prices</c> and <c>advice</c>.</summary>
internal static partial class SizingParser
{
    // Beyond any price of an hour, and far below an overflow of a year of thousands.
    private const decimal PriceMax = 1_000_000;

    private static readonly string[] PrometheusOnly = ["url", "token", "token_file", "allow_private", "step", "labels", "queries"];

    /// <summary>All three.</summary>
    /// <param name="root">The file.</param>
    /// <param name="resync">Whose accounts CloudWatch is read in.</param>
    /// <param name="secrets">Where secrets are.</param>
    public static SizingConfig Parse(YamlSection root, ResyncConfig resync, SecretReader secrets)
    {
        var options = Advice(root.Section("advice")) with { Prices = Prices(root.Section("prices")) };
        return new SizingConfig { Usage = root.Section("usage") is { } usage ? Usage(usage, resync, secrets) : null, Options = options };
    }

    private static UsageConfig? Usage(YamlSection section, ResyncConfig resync, SecretReader secrets)
    {
        var kind = section.OneOf("kind", ["prometheus", "cloudwatch"], required: true);
        var (labels, queries) = (section.Section("labels"), section.Section("queries"));
        var defaults = new UsageConfig.PrometheusServer { Url = section.Url("url", required: kind == "prometheus") ?? new Uri("http://127.0.0.1:9090") };
        var config = defaults with
        {
            Token = section.Secret("token", secrets), AllowPrivate = section.Flag("allow_private") ?? false, Step = section.Duration("step", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)) ?? defaults.Step,
            ServiceLabel = Label(labels, "service") ?? "", FamilyLabel = Label(labels, "family") ?? defaults.FamilyLabel, ContainerLabel = Label(labels, "container") ?? defaults.ContainerLabel,
            ClusterLabel = Label(labels, "cluster") ?? defaults.ClusterLabel, CpuQuery = queries?.Text("cpu"), MemoryQuery = queries?.Text("memory"), TasksQuery = queries?.Text("tasks"),
        };
        labels?.Done();
        queries?.Done();
        section.Done();
        if (kind != "cloudwatch") return kind is null ? null : config;
        if (resync.Accounts.IsEmpty) section.Mistake("kind", "CloudWatch is read in the accounts and regions under 'resync', and none is there");
        foreach (var key in PrometheusOnly.Where(section.Has)) section.Mistake(key, $"'{key}' goes with kind: prometheus alone");
        return new UsageConfig.ContainerInsights();
    }

    private static string? Label(YamlSection? section, string key)
    {
        if (section?.Text(key) is not { } name || LabelName().IsMatch(name)) return section?.Text(key);
        section.Mistake(key, $"'{name}' is not a name of a label");
        return null;
    }

    private static PriceTable? Prices(YamlSection? section)
    {
        if (section is null) return null;
        var fargate = section.Section("fargate");
        var instances = ImmutableSortedDictionary.CreateBuilder<string, decimal>(StringComparer.Ordinal);
        if (section.Section("instances") is { } types)
        {
            foreach (var (type, text) in types.Pairs())
            {
                if (Price(types, type, text) is { } price) instances[type] = price;
            }
        }

        var table = new PriceTable
        {
            Currency = section.Text("currency") ?? new PriceTable().Currency, FargateCpuHour = Price(fargate, "vcpu_hour", fargate?.Text("vcpu_hour")), FargateMemoryHour = Price(fargate, "gib_hour", fargate?.Text("gib_hour")),
            InstanceHour = instances.ToImmutable(),
        };
        if (!Currency().IsMatch(table.Currency)) section.Mistake("currency", $"'{table.Currency}' is not a currency; write its three letters, as in EUR");
        fargate?.Done();
        section.Done();
        return table;
    }

    private static decimal? Price(YamlSection? section, string key, string? text)
    {
        if (text is null) return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) && price < PriceMax) return price;
        section?.Mistake(key, $"'{text}' is not a price; write e.g. 0.04048");
        return null;
    }

    private static AdviceOptions Advice(YamlSection? section)
    {
        var defaults = new AdviceOptions();
        if (section is null) return defaults;
        var least = section.Section("minimum_saving");
        var options = defaults with
        {
            WindowDays = section.Duration("window", TimeSpan.FromDays(3), TimeSpan.FromDays(60)) is { } window ? (int)window.TotalDays : defaults.WindowDays,
            SavedCpuMin = least?.Number("cpu", 0, 1_000_000) ?? defaults.SavedCpuMin, SavedMemoryMin = least?.Number("memory", 0, 10_000_000) ?? defaults.SavedMemoryMin,
        };
        least?.Done();
        section.Done();
        return options;
    }

    // https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex LabelName();

    [GeneratedRegex("^[A-Z]{3}$")]
    private static partial Regex Currency();
}
