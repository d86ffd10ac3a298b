using Crowsnest.Aws.DynamoDb;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of a shared store. Nothing is written.</summary>
internal static class StoreChecks
{
    /// <summary>A finding or two; none for the embedded store.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!config.Store.IsShared) return [];
        try
        {
            await using var opened = await SharedStore.OpenAsync(config.Store, config.Retention, readOnly: true, time, cancellationToken);
            List<Finding> findings = [];
            if (opened.Search is { } search) findings.AddRange(Of($"store {config.Store.OpenSearch!.Url.Authority}", await search.LookAsync(cancellationToken)));
            if (opened.Table is { } table) findings.AddRange(Of($"store {config.Store.Dynamo!.TableName}", await table.LookAsync(cancellationToken)));
            return findings;
        }
        catch (StoreException failure)
        {
            return [Finding.Fault($"store {config.Store.OpenSearch?.Url.Authority ?? config.Store.Dynamo!.TableName}", failure.Message, failure.Hint)];
        }
    }

    private static IEnumerable<Finding> Of(string check, ServerFacts facts)
    {
        yield return facts.Health == "red"
            ? Finding.Fault(check, facts.InWords, "Data is missing: see GET _cluster/allocation/explain on the server.")
            : Finding.Ok(check, facts.InWords);
        if (facts.Health == "yellow") yield return Finding.Warning(check, "copies of indices are missing", "Wait while nodes join, or lower store.replicas; one lost disk would lose data.");
    }

    private static IEnumerable<Finding> Of(string check, TableFacts facts)
    {
        yield return Finding.Ok(check, facts.InWords);
        if (!facts.Expires) yield return Finding.Warning(check, "the table has no time to live, so what is over is never deleted", "Turn it on: aws dynamodb update-time-to-live --table-name TABLE --time-to-live-specification Enabled=true,AttributeName=expires");
        if (facts.IsRecoverable == false) yield return Finding.Warning(check, "the table has no point-in-time recovery", "Turn it on, or what is deleted by mistake is gone: aws dynamodb update-continuous-backups.");
    }
}
