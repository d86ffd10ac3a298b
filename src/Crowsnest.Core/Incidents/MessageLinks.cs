using System.Buffers;

namespace Crowsnest.Core.Incidents;

/// <summary>A place to go on from a message.</summary>
/// <param name="Name">What is there, in a few words of ours.</param>
/// <param name="Address">A URL of http or https that holds nothing that needs escaping in any medium but <c>&amp;</c>.</param>
public readonly record struct MessageLink(string Name, string Address);

/// <summary>The places that a message leads to: the page of the incident, and what it is about in the console of AWS.</summary>
/// <param name="externalUrl">Where people reach Crowsnest, or <see langword="null"/>: no links to it.</param>
public sealed class MessageLinks(Uri? externalUrl)
{
    // Browsers and the media take longer ones, but not all of them.
    private const int UrlMax = 2048;

    // ECS allows 255 in a name: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    private const int NameMax = 255;

    // What would end a link in one of the media.
    private static readonly SearchValues<char> Ends = SearchValues.Create("<>\"'|()[]` ");

    /// <summary>Where people reach Crowsnest, without a slash at its end; empty where nobody does.</summary>
    public string Server { get; } = Base(externalUrl);

    /// <summary>The page of all incidents; <see langword="null"/> without a server.</summary>
    public string? List => Server.Length == 0 || Server.Length + 10 > UrlMax ? null : Server + "/incidents";

    /// <summary>Without a server, so without links to it.</summary>
    public static MessageLinks ToAws { get; } = new(null);

    /// <summary>The links of an incident, the most useful first; those that its labels and ids make safe and possible.</summary>
    public IReadOnlyList<MessageLink> Of(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var links = new List<MessageLink>(2);
        if (Page(incident) is { } page) links.Add(new MessageLink("Incident", page));
        if (Console(incident) is { } console) links.Add(console);
        return links;
    }

    /// <summary>The page of the incident, or <see langword="null"/> where there is none.</summary>
    public string? Page(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var page = $"{Server}/incidents/{Uri.EscapeDataString(incident.Id)}";
        return Server.Length == 0 || page.Length > UrlMax ? null : page;
    }

    // The addresses are those that the console itself shows. Labels are from events: one that is not plain gets no link instead of an escaped one.
    private static MessageLink? Console(NotifiedIncident incident)
    {
        var (region, cluster) = (Plain(incident, "region"), Plain(incident, "cluster"));
        if (region is null || cluster is null || !region.Contains('-', StringComparison.Ordinal)) return null;
        var domain = region.StartsWith("cn-", StringComparison.Ordinal) ? "console.amazonaws.cn"
            : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "console.amazonaws-us-gov.com"
            : "console.aws.amazon.com";
        var (name, place) =
            Plain(incident, "service") is { } service ? ("Service in AWS", $"services/{service}/health")
            : Plain(incident, "instance") is { } instance ? ("Container instance in AWS", $"infrastructure/container-instances/{instance}")
            : incident.Resources is [var task, ..] && IsTaskId(task) ? ("Task in AWS", $"tasks/{task}/configuration")
            : ("Cluster in AWS", "services");
        return new MessageLink(name, $"https://{region}.{domain}/ecs/v2/clusters/{cluster}/{place}?region={region}");
    }

    private static string? Plain(NotifiedIncident incident, string label) =>
        incident.Labels.GetValueOrDefault(label, "") is { Length: > 0 and <= NameMax } value && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? value : null;

    // https://docs.aws.amazon.com/AmazonECS/latest/userguide/ecs-account-settings.html: 32 hexadecimal digits, or the older UUID.
    private static bool IsTaskId(string id) => id.Length is 32 or 36 && id.All(c => char.IsAsciiHexDigit(c) || c == '-');

    private static string Base(Uri? url)
    {
        if (url is not { IsAbsoluteUri: true, Scheme: "http" or "https" }) return "";
        var text = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        return text.Length <= UrlMax && !text.AsSpan().ContainsAny(Ends) ? text : "";
    }
}
