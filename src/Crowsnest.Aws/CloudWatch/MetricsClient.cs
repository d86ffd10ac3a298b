using System.Globalization;
using System.Xml.Linq;

namespace Crowsnest.Aws.CloudWatch;

/// <summary>A metric that is asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dimensions">Its dimensions: all that it has, since CloudWatch knows it by them.</param>
/// <param name="Stat">The statistic of each period: <c>Maximum</c>, <c>Average</c>, …</param>
public sealed record MetricQuery(string Name, IReadOnlyList<KeyValuePair<string, string>> Dimensions, string Stat);

/// <summary>A value of a metric.</summary>
/// <param name="At">When its period began.</param>
/// <param name="Value">The value.</param>
public readonly record struct MetricPoint(DateTimeOffset At, double Value);

/// <summary>Reads metrics of Amazon CloudWatch in one account and region (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html).</summary>
public sealed class MetricsClient : IDisposable
{
    // A call answers 100,800 points at most, and takes 500 queries.
    private const int PointsMax = 100_800, QueriesMax = 500;

    // Of one call; each page has points.
    private const int PagesMax = 100;

    private readonly AwsQueryClient _client;

    /// <summary>A region's metrics; nothing is asked yet.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where they are; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    public MetricsClient(AwsIdentity identity, Uri? endpoint, TimeProvider time) => _client = new AwsQueryClient(identity, "monitoring", "2010-08-01", endpoint, time);

    /// <summary>The points of each query, in the queries' order, the oldest first; none of a metric that is not there.</summary>
    /// <param name="space">The namespace of the metrics.</param>
    /// <param name="queries">The metrics.</param>
    /// <param name="period">One point for each of these: whole minutes.</param>
    /// <param name="from">From this moment on.</param>
    /// <param name="to">Before this moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<MetricPoint>>> GetAsync(
        string space, IReadOnlyList<MetricQuery> queries, TimeSpan period, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var atOnce = (int)Math.Clamp(PointsMax / Math.Max(1, Math.Ceiling((to - from) / period)), 1, QueriesMax);
        var points = queries.Select(_ => new List<MetricPoint>()).ToList();
        for (var first = 0; first < queries.Count; first += atOnce)
        {
            string? token = null;
            for (var page = 0; page == 0 || token is not null; page++)
            {
                if (page == PagesMax) throw new AwsException("TooManyPages", $"CloudWatch went on after {PagesMax} pages of one answer.", status: null);
                var answer = await _client.CallAsync("GetMetricData", Members(space, queries, first, Math.Min(first + atOnce, queries.Count), period, from, to, token), cancellationToken).ConfigureAwait(false);
                foreach (var result in Descendants(answer, "MetricDataResults").SelectMany(results => results.Elements())) Read(result, points);
                token = Descendants(answer, "NextToken").FirstOrDefault()?.Value is { Length: > 0 } next ? next : null;
            }
        }

        return [.. points.Select(each => each.OrderBy(p => p.At).ToList())];
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static IEnumerable<KeyValuePair<string, string>> Members(string space, IReadOnlyList<MetricQuery> queries, int first, int end, TimeSpan period, DateTimeOffset from, DateTimeOffset to, string? token)
    {
        yield return new("StartTime", Time(from));
        yield return new("EndTime", Time(to));
        if (token is not null) yield return new("NextToken", token);
        for (var n = first; n < end; n++)
        {
            var member = string.Create(CultureInfo.InvariantCulture, $"MetricDataQueries.member.{n - first + 1}.");
            yield return new(member + "Id", string.Create(CultureInfo.InvariantCulture, $"q{n}"));
            yield return new(member + "MetricStat.Metric.Namespace", space);
            yield return new(member + "MetricStat.Metric.MetricName", queries[n].Name);
            yield return new(member + "MetricStat.Period", ((int)period.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            yield return new(member + "MetricStat.Stat", queries[n].Stat);
            for (var d = 0; d < queries[n].Dimensions.Count; d++)
            {
                var dimension = string.Create(CultureInfo.InvariantCulture, $"{member}MetricStat.Metric.Dimensions.member.{d + 1}.");
                yield return new(dimension + "Name", queries[n].Dimensions[d].Key);
                yield return new(dimension + "Value", queries[n].Dimensions[d].Value);
            }
        }
    }

    // <member><Id>q0</Id><StatusCode>Complete</StatusCode><Timestamps><member>…</member></Timestamps><Values><member>…</member></Values></member>
    private static void Read(XElement result, List<List<MetricPoint>> points)
    {
        var (id, status) = (AwsQueryClient.Text(result, "Id"), AwsQueryClient.Text(result, "StatusCode"));
        if (status is "InternalError" or "Forbidden") throw new AwsException(status, "CloudWatch could not answer for a metric.", status: null);
        if (id is not ['q', ..] || !int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var query) || query >= points.Count) return;
        var times = Descendants(result, "Timestamps").Elements();
        foreach (var (time, value) in times.Zip(Descendants(result, "Values").Elements()))
        {
            if (DateTimeOffset.TryParse(time.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                && double.TryParse(value.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) points[query].Add(new MetricPoint(at, number));
        }
    }

    private static IEnumerable<XElement> Descendants(XElement element, string name) => element.Descendants().Where(e => e.Name.LocalName == name);

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
