using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Server;
using Crowsnest.Server.Capacity;

namespace Crowsnest.Commands;

/// <content>Capacity.</content>
internal sealed partial class HttpClientClient
{
    /// <inheritdoc/>
    public async Task<CapacityAnswer?> CapacityAsync(CapacityWish wish, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        const int PageMax = 1_000;
        var path = wish.Cluster is { } cluster ? "/api/v1/capacity/" + Uri.EscapeDataString(cluster) : "/api/v1/capacity";
        var rows = new List<JsonElement>();
        while (true)
        {
            var query = new List<string> { "limit=" + Math.Min(wish.List.Limit - rows.Count, PageMax).ToString(CultureInfo.InvariantCulture) };
            if (wish.Cluster is not null) query.Add("by=" + wish.By);
            if (wish.List.Sort.Length > 0) query.Add("sort=" + (wish.List.IsDescending ? "-" : "") + wish.List.Sort);
            if (at is { } moment) query.Add("at=" + EventJson.Time(moment));
            if (wish.List.After is { } after) query.Add("cursor=" + Uri.EscapeDataString(after.ToString()));
            using var answer = await SendAsync(HttpMethod.Get, $"{path}?{string.Join('&', query)}", null, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotFound) return wish.Cluster is null ? throw Missing(path) : null;
            var page = CapacityAnswer.Read(await ReadAsync(answer, cancellationToken)) ?? throw Missing(path);
            rows.AddRange(page.Items);
            if (page.Next is null || rows.Count >= wish.List.Limit) return page with { Items = rows };
            if (!Server.Lists.ListPlace.TryRead(page.Next, out var place)) throw Missing(path);
            wish = wish with { List = wish.List with { After = place } };
        }
    }

    /// <inheritdoc/>
    public async Task<JsonElement?> CapacityPlanAsync(string cluster, string room, string whatIf, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/capacity/{Uri.EscapeDataString(cluster)}/plan";
        using var answer = await SendAsync(HttpMethod.Get, $"{path}?room={Uri.EscapeDataString(room)}{(whatIf.Length > 0 ? "&if=" + Uri.EscapeDataString(whatIf) : "")}{(at is { } moment ? "&at=" + EventJson.Time(moment) : "")}", null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        return await ReadAsync(answer, cancellationToken) is { ValueKind: JsonValueKind.Object } plan && plan.TryGetProperty("steps", out _) ? plan : throw Missing(path);
    }

    /// <inheritdoc/>
    public Task<JsonElement?> CapacityHistoryAsync(CapacityStretch stretch, CancellationToken cancellationToken) =>
        OverTimeAsync(stretch.Cluster, "history", stretch.From, stretch.To, "points=" + stretch.Points.ToString(CultureInfo.InvariantCulture), cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement?> CapacityScalingAsync(ScalingWish wish, CancellationToken cancellationToken) =>
        OverTimeAsync(wish.Cluster, "scaling", wish.From, wish.To, "target=" + string.Join(',', wish.Targets), cancellationToken);

    private async Task<JsonElement?> OverTimeAsync(string cluster, string what, DateTimeOffset from, DateTimeOffset to, string more, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/capacity/{Uri.EscapeDataString(cluster)}/{what}";
        using var answer = await SendAsync(HttpMethod.Get, $"{path}?from={EventJson.Time(from)}&to={EventJson.Time(to)}&{more}", null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        return await ReadAsync(answer, cancellationToken) is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("items", out _) ? body : throw Missing(path);
    }

    /// <inheritdoc/>
    public async Task<JsonElement?> CapacityAdviceAsync(string cluster, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/capacity/{Uri.EscapeDataString(cluster)}/advice";
        using var answer = await SendAsync(HttpMethod.Get, path + (at is { } moment ? "?at=" + EventJson.Time(moment) : ""), null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        return await ReadAsync(answer, cancellationToken) is { ValueKind: JsonValueKind.Object } advice && advice.TryGetProperty("items", out _) ? advice : throw Missing(path);
    }
}
