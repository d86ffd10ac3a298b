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
        if (config.Store.OpenSearch is not { } server) return [];
        var check = $"store {server.Url.Authority}";
        try
        {
            await using var opened = await OpenedStore.OnServerAsync(server, config.Retention, readOnly: true, time, cancellationToken);
            var facts = await ((OpenSearchStore)opened.Store).LookAsync(cancellationToken);
            List<Finding> findings =
            [
                facts.Health == "red"
                    ? Finding.Fault(check, facts.InWords, "Data is missing: see GET _cluster/allocation/explain on the server.")
                    : Finding.Ok(check, facts.InWords),
            ];
            if (facts.Health == "yellow") findings.Add(Finding.Warning(check, "copies of indices are missing", "Wait while nodes join, or lower store.replicas; one lost disk would lose data."));
            return findings;
        }
        catch (StoreException failure)
        {
            return [Finding.Fault(check, failure.Message, failure.Hint)];
        }
    }
}
