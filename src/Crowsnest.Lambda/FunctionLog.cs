using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Lambda;

/// <summary>Writes lines of JSON, as Lambda's own: <c>timestamp</c>, <c>level</c>, <c>message</c>, <c>requestId</c>; and figures in CloudWatch's embedded metric format.</summary>
/// <param name="output">Where lines go; each is written whole.</param>
/// <param name="function">The function's name, the one dimension of all figures.</param>
/// <param name="least">The least level that is written: DEBUG, INFO, WARN, ERROR or FATAL, what <c>AWS_LAMBDA_LOG_LEVEL</c> says. Figures always are.</param>
/// <param name="time">The clock.</param>
internal sealed class FunctionLog(Stream output, string function, string? least, TimeProvider time)
{
    private const string Namespace = "Crowsnest";

    private static readonly string[] Levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    private readonly Lock _gate = new();

    /// <summary>The invocation at hand; empty between two.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>Worth knowing.</summary>
    public void Info(string message) => Line("INFO", message);

    /// <summary>It goes on, and somebody should look.</summary>
    public void Warn(string message) => Line("WARN", message);

    /// <summary>It does not go on.</summary>
    public void Error(string message) => Line("ERROR", message);

    /// <summary>Figures of one invocation (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).</summary>
    /// <param name="what">What was done, a word of the log line that the figures are in.</param>
    /// <param name="figures">Names and values; those in milliseconds or seconds end in their unit, all others are counts.</param>
    public void Figures(string what, IReadOnlyList<(string Name, double Value)> figures) => Write(json =>
    {
        Begin(json, "INFO", what);
        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        json.WriteStringValue("FunctionName");
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var (name, _) in figures)
        {
            json.WriteStartObject();
            json.WriteString("Name", name);
            json.WriteString("Unit", name.EndsWith("Milliseconds", StringComparison.Ordinal) ? "Milliseconds" : name.EndsWith("Seconds", StringComparison.Ordinal) ? "Seconds" : "Count");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("FunctionName", function);
        foreach (var (name, value) in figures) json.WriteNumber(name, Math.Round(value, 3));
    });

    private void Line(string level, string message)
    {
        if (Array.IndexOf(Levels, level) >= Array.IndexOf(Levels, least)) Write(json => Begin(json, level, message));
    }

    private void Begin(Utf8JsonWriter json, string level, string message)
    {
        json.WriteString("timestamp", time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        json.WriteString("level", level);
        json.WriteString("message", message);
        if (RequestId.Length > 0) json.WriteString("requestId", RequestId);
    }

    private void Write(Action<Utf8JsonWriter> members)
    {
        var line = JsonBytes.Object(members);
        lock (_gate)
        {
            output.Write([.. line, (byte)'\n']);
            output.Flush();
        }
    }
}
