using Crowsnest.OpenSearch.Dashboards;

namespace Crowsnest.Commands;

/// <summary>Prepares a shared store.</summary>
internal static class OpenSearchCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec SetUp = new()
    {
        Name = "opensearch setup",
        Summary = "puts index templates and makes the indices of the store on OpenSearch or Elasticsearch",
        Arguments = "[--store URL] [--dashboards FILE]",
        Options =
        [
            new("--store", "URL", "the server (store.url in the configuration)"),
            new("--dashboards", "FILE", "writes what OpenSearch Dashboards and Kibana import (- is standard output), and leaves the server alone"),
        ],
        Examples =
        [
            "crowsnest opensearch setup", "crowsnest opensearch setup --store http://127.0.0.1:9200",
            "crowsnest opensearch setup --store http://127.0.0.1:9200 --dashboards crowsnest.ndjson",
        ],
        Notes =
        [
            "'up' and 'ingest' make what is missing when they start. Run this once as an administrator, and their own user needs no right to put templates or make the fixed indices.",
            "It can be run again: what is there stays, templates are put as this version has them, also over what somebody changed in them. Indices that exist keep the mapping that they were made with.",
            "The file for Dashboards and Kibana has an index pattern, saved searches, charts and a dashboard; importing it again replaces them.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var config = await invocation.LoadConfigAsync(cancellationToken);
        if (config.Store.OpenSearch is not { } server) throw new UsageException("there is no server to prepare: set store: {kind: opensearch, url: …} in the configuration, or give --store URL");
        if (invocation.Option("--dashboards") is { } file)
        {
            await WriteAsync(file, SavedObjects.Of(server.IndexPrefix), invocation.Host, cancellationToken);
            return ExitCode.Done;
        }

        await using var opened = await OpenedStore.OnServerAsync(config.Store, config.Retention, readOnly: false, invocation.Host.Time, cancellationToken);
        var store = opened.Shared!.Search!;
        await store.PutTemplatesAsync(cancellationToken);
        var facts = await store.LookAsync(cancellationToken);
        RowWriter.WriteOne(invocation, invocation.Format(OutputFormat.Json), RowWriter.Object(writer =>
        {
            writer.WriteString("server", server.Url.Authority);
            writer.WriteString("product", facts.Product);
            writer.WriteString("version", facts.Version);
            writer.WriteString("health", facts.Health);
            writer.WriteNumber("dataNodes", facts.Nodes);
            writer.WriteNumber("indices", facts.Indices);
            writer.WriteString("indexPrefix", server.IndexPrefix);
        }));
        return ExitCode.Done;
    }

    private static async Task WriteAsync(string file, byte[] content, CommandHost host, CancellationToken cancellationToken)
    {
        await using var target = file == "-" ? null : WholeFile.Create(file);
        await using var output = target?.Stream ?? host.OpenOutput();
        await output.WriteAsync(content, cancellationToken);
        await output.FlushAsync(cancellationToken);
        target?.Finish();
        if (target is not null) await host.Error.WriteLineAsync($"crowsnest: wrote {SafeText.Of(file)}: import it under Saved Objects".AsMemory(), cancellationToken);
    }
}
