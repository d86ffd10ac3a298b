using System.Globalization;
using System.Net.Http.Headers;
using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Usage;

/// <summary>What a server with Prometheus's HTTP API has measured (https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries).</summary>
/// <remarks>The queries that are not given are for cAdvisor, which has the labels of ECS's agent: cluster, family and container, and no service.</remarks>
internal sealed class PrometheusUsage : IUsageSource, IDisposable
{
    // "exceeded maximum resolution of 11,000 points per timeseries".
    private const int PointsMax = 11_000;

    // Three weeks of five minutes are 6,048 points of some 25 bytes; a thousand containers of them are within this.
    private const int AnswerBytesMax = 256 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly UsageConfig.PrometheusServer _config;
    private readonly TimeProvider _time;
    private readonly Uri _address;
    private readonly HttpClient _http;

    /// <param name="config">Where it is, and what it is asked.</param>
    /// <param name="time">The clock.</param>
    public PrometheusUsage(UsageConfig.PrometheusServer config, TimeProvider time)
    {
        (_config, _time) = (config, time);
        _address = new Uri(config.Url.AbsoluteUri.TrimEnd('/') + "/api/v1/query_range");
        _http = GuardedHttp.Create(config.AllowPrivate, Patience, time);
        _http.MaxResponseContentBufferSize = AnswerBytesMax;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UsageSeries>> ReadAsync(ClusterName cluster, IReadOnlyList<MeasuredService> services, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var series = new List<UsageSeries>();
            foreach (var (kind, query) in Queries(cluster.Name)) series.AddRange(await AskAsync(kind, query, services, from, to, both.Token));
            return series;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnreadUsageException($"{_config.Url.Host} took longer than {Patience.TotalSeconds:0} s.", e);
        }
        catch (HttpRequestException e)
        {
            throw new UnreadUsageException($"{_config.Url.Host}: {Words(e)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private IEnumerable<(UsageKind, string)> Queries(string cluster)
    {
        var (where, window) = ($"{{{_config.ClusterLabel}=\"$cluster\"}}", $"[{Units.Format(_config.Step)}]");
        var by = $"{(_config.ServiceLabel.Length > 0 ? _config.ServiceLabel : _config.FamilyLabel)}, {_config.ContainerLabel}";

        // The greatest of a step and of all tasks: a peak between two points counts.
        yield return (UsageKind.Cpu, In(_config.CpuQuery ?? $"max by ({by}) (rate(container_cpu_usage_seconds_total{where}{window})) * 1024"));
        yield return (UsageKind.Memory, In(_config.MemoryQuery ?? $"max by ({by}) (max_over_time(container_memory_working_set_bytes{where}{window})) / 1048576"));
        if (_config.TasksQuery is { } tasks) yield return (UsageKind.Tasks, In(tasks));

        // Names of clusters are letters, digits, hyphens and underscores; one that is not ECS's must not end the text that it stands in.
        string In(string query) => query.Replace("$cluster", cluster.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<IEnumerable<UsageSeries>> AskAsync(UsageKind kind, string query, IReadOnlyList<MeasuredService> services, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string Name, string Container), List<UsagePoint>>();
        for (var start = from; start < to; start += _config.Step * PointsMax)
        {
            var last = start + (_config.Step * (PointsMax - 1));
            foreach (var one in await RangeAsync(query, start, last < to ? last : to, cancellationToken))
            {
                var name = one.Label(_config.ServiceLabel.Length > 0 ? _config.ServiceLabel : _config.FamilyLabel);
                if (name.Length == 0) continue;
                var key = (name, kind == UsageKind.Tasks ? "" : one.Label(_config.ContainerLabel));
                if (!found.TryGetValue(key, out var points)) found[key] = points = [];
                points.AddRange(one.Points);
            }
        }

        // Of a family that several services have, each has what the busiest of all its tasks takes.
        return services.SelectMany(s => found.Where(f => f.Key.Name == (_config.ServiceLabel.Length > 0 ? s.Service : s.Family)), (s, f) => new UsageSeries(s.Service, f.Key.Container, kind, f.Value));
    }

    private async Task<IReadOnlyList<PrometheusSeries>> RangeAsync(string query, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // By POST, which only reads as well: a query may be longer than an address.
        using var form = new FormUrlEncodedContent([new("query", query), new("start", Seconds(from)), new("end", Seconds(to)), new("step", ((int)_config.Step.TotalSeconds).ToString(CultureInfo.InvariantCulture))]);
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = form };
        if (_config.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        using var answer = await _http.SendAsync(request, cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return PrometheusSeries.Read(body, (int)answer.StatusCode, why => new UnreadUsageException($"{_config.Url.Host}: {Quoted(why)}"));
    }

    // What it says may repeat what it was sent.
    private string Quoted(string text) => VisibleText.Of(_config.Token is { } token ? text.Replace(token.Reveal(), "…", StringComparison.Ordinal) : text, 300);

    private static string Words(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure.Message;
    }

    private static string Seconds(DateTimeOffset moment) => moment.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
