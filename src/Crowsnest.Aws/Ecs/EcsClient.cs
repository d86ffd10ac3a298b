using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Crowsnest.Aws.Ecs;

/// <summary>Reads what Amazon ECS has in one account and region, within a budget of calls.</summary>
/// <remarks>What ECS refuses for now is asked again, more and more slowly; each of these calls counts too.</remarks>
public sealed class EcsClient : IDisposable
{
    private const int AttemptsMax = 8, Connections = 4;
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(200);

    private readonly AwsJsonClient _client;
    private readonly EcsBudget _budget;
    private readonly TimeProvider _time;

    /// <summary>A region's ECS; nothing is asked yet.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where ECS is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="budget">How often it may be asked.</param>
    /// <param name="time">The clock.</param>
    public EcsClient(AwsIdentity identity, Uri? endpoint, EcsBudget budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        (_budget, _time) = (budget, time);
        _client = new AwsJsonClient(
            identity, endpoint ?? new Uri($"https://ecs.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/"), "ecs", "AmazonEC2ContainerServiceV20141113", time, Connections,
            "application/x-amz-json-1.1", attempts: 1);
    }

    /// <summary>Lists ARNs, a page at a time. Who gets to the end has had all that was there all the while.</summary>
    /// <param name="resource">Of what.</param>
    /// <param name="cluster">In which cluster (name or ARN); <see langword="null"/> for the clusters themselves.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">A page did not come: what follows is not known.</exception>
    public async IAsyncEnumerable<IReadOnlyList<string>> ListAsync(EcsResource resource, string? cluster, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        string? next = null;
        do
        {
            var after = next;
            using var page = await CallAsync(resource.List, json =>
            {
                if (cluster is not null) json.WriteString("cluster", cluster);
                if (resource.DesiredStatus is { } status) json.WriteString("desiredStatus", status);
                json.WriteNumber("maxResults", EcsResource.PageMax);
                if (after is not null) json.WriteString("nextToken", after);
            }, cancellationToken).ConfigureAwait(false);
            next = IsObject(page.RootElement) && page.RootElement.TryGetProperty("nextToken", out var token) ? Text(token) : null;
            yield return Strings(page.RootElement, resource.Arns);
        }
        while (next is { Length: > 0 });
    }

    /// <summary>Describes some of them, at most as many as one call takes.</summary>
    /// <param name="resource">Of what.</param>
    /// <param name="cluster">In which cluster; <see langword="null"/> for clusters themselves.</param>
    /// <param name="arns">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<EcsDescriptions> DescribeAsync(EcsResource resource, string? cluster, IReadOnlyList<string> arns, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(arns);
        if (arns.Count == 0) return new EcsDescriptions([], []);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arns.Count, resource.AtOnce);
        using var answer = await CallAsync(resource.Describe, json =>
        {
            if (cluster is not null) json.WriteString("cluster", cluster);
            Write(json, resource.Named, arns);
            Write(json, "include", resource.Include);
        }, cancellationToken).ConfigureAwait(false);

        // What is gone is told as a failure, a service that was deleted also as one that is INACTIVE.
        var missing = Elements(answer.RootElement, "failures").Where(IsObject).Select(failure => failure.TryGetProperty("arn", out var arn) ? Text(arn) : null).OfType<string>();
        return new EcsDescriptions([.. Elements(answer.RootElement, resource.Described).Where(IsObject).Select(one => one.Clone())], [.. missing]);
    }

    /// <summary>A task definition: ECS's whole answer, <c>taskDefinition</c> and beside it <c>tags</c>.</summary>
    /// <param name="arn">Its ARN, or <c>FAMILY:REVISION</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer; <see langword="null"/> when there is none.</returns>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<JsonElement?> TaskDefinitionAsync(string arn, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await CallAsync("DescribeTaskDefinition", json =>
            {
                json.WriteString("taskDefinition", arn);
                Write(json, "include", ["TAGS"]);
            }, cancellationToken).ConfigureAwait(false);
            return IsObject(answer.RootElement) && answer.RootElement.TryGetProperty("taskDefinition", out var definition) && IsObject(definition) ? answer.RootElement.Clone() : null;
        }
        catch (AwsException none) when (none.Code == "ClientException")
        {
            // What ECS says of a definition that it does not have, or has no longer.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> CallAsync(string operation, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await _budget.TakeAsync(operation, cancellationToken).ConfigureAwait(false);
            try
            {
                var answer = await _client.CallAsync(operation, write, cancellationToken).ConfigureAwait(false);
                _budget.Answered(operation);
                return answer;
            }
            catch (AwsException busy) when (busy.IsThrottled && attempt < AttemptsMax)
            {
                _budget.Throttled(operation);
            }
            catch (AwsException e) when (e.IsTransient && attempt < AttemptsMax)
            {
                await Task.Delay(Jitter.Of(PauseFirst * (1 << attempt)), _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static List<string> Strings(JsonElement answer, string name) => [.. Elements(answer, name).Select(Text).OfType<string>()];

    // What is not as ECS writes it is left out, and ends nothing.
    private static string? Text(JsonElement one) => one.ValueKind == JsonValueKind.String ? one.GetString() : null;

    private static bool IsObject(JsonElement one) => one.ValueKind == JsonValueKind.Object;

    private static JsonElement.ArrayEnumerator Elements(JsonElement answer, string name) =>
        IsObject(answer) && answer.TryGetProperty(name, out var all) && all.ValueKind == JsonValueKind.Array ? all.EnumerateArray() : default;
}
