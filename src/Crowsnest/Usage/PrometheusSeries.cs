using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Usage;

/// <summary>A series of an answer of Prometheus's.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Points">Its points; what is no number is none.</param>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<UsagePoint> Points)
{
    /// <summary>A label's value, or nothing.</summary>
    public string Label(string name) => Labels.GetValueOrDefault(name, "");

    /// <summary>The series of an answer: <c>{"status":"success","data":{"resultType":"matrix","result":[{"metric":{…},"values":[[1700000000,"1.5"],…]}]}}</c>.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="status">Its status.</param>
    /// <param name="refused">Makes what is thrown when it is none, out of the words for why.</param>
    public static IReadOnlyList<PrometheusSeries> Read(byte[] body, int status, Func<string, Exception> refused)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            if (answer.GetProperty("status").GetString() != "success")
                throw refused($"{(answer.TryGetProperty("errorType", out var type) ? type.GetString() : "error")}: {(answer.TryGetProperty("error", out var error) ? error.GetString() : "no words were given")}");
            var data = answer.GetProperty("data");
            if (data.GetProperty("resultType").GetString() != "matrix") throw refused($"the answer is a {data.GetProperty("resultType").GetString()} and no matrix");
            return [.. data.GetProperty("result").EnumerateArray().Select(Of)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw refused(string.Create(CultureInfo.InvariantCulture, $"the answer is {status} and none of Prometheus's"));
        }
    }

    private static PrometheusSeries Of(JsonElement series) => new(
        series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal),
        [.. series.GetProperty("values").EnumerateArray().Select(Point).Where(point => double.IsFinite(point.Value))]);

    private static UsagePoint Point(JsonElement pair) => new(
        DateTimeOffset.FromUnixTimeMilliseconds((long)(pair[0].GetDouble() * 1_000)), double.TryParse(pair[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
}
