using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Receivers: which there are, and a sample to try one.</summary>
internal static class ReceiversCommand
{
    private static readonly IReadOnlyList<Column> Columns = [new("INTEGRATION", "integration"), new("SENT", "sent"), new("REASON", "reason")];

    /// <summary>The sample.</summary>
    public static readonly CommandSpec Test = new()
    {
        Name = "receivers test",
        Summary = "sends a sample to a receiver and says what came of it at each of its media",
        Arguments = "NAME",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest receivers test ops", "crowsnest --config new.yaml receivers test payments-slack"],
        Notes =
        [
            "The sample says that it is one, and is of something that is over already, so that it leaves nothing open wherever it arrives.",
            "A server that holds the data folder sends it, with its own configuration; without one it is sent from here.",
        ],
        ExitCodes = [(1, "it did not arrive everywhere, or there is no such receiver")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (name, format) = (invocation.Arguments[0], invocation.Format(OutputFormat.Json));
        if (await SendAsync(invocation, name, cancellationToken) is not { } test)
        {
            await invocation.Host.Error.WriteLineAsync($"crowsnest: the configuration has no receiver '{SafeText.Of(name)}'".AsMemory(), cancellationToken);
            return ExitCode.No;
        }

        var integrations = test.GetProperty("integrations").EnumerateArray().ToList();
        if (format is OutputFormat.Json or OutputFormat.Ndjson) RowWriter.WriteOne(invocation, format, test);
        else RowWriter.Write(invocation, format, integrations, Columns);
        if (integrations.Count == 0) await invocation.Host.Error.WriteLineAsync($"crowsnest: the receiver '{SafeText.Of(name)}' has no integration: nobody is told".AsMemory(), cancellationToken);
        return integrations.Count > 0 && integrations.TrueForAll(one => one.GetProperty("sent").GetBoolean()) ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<JsonElement?> SendAsync(Invocation invocation, string name, CancellationToken cancellationToken)
    {
        if (await Clients.FindServerAsync(invocation, cancellationToken) is { } server)
        {
            await using (server) return await server.TestReceiverAsync(name, cancellationToken);
        }

        var config = await invocation.LoadConfigAsync(cancellationToken);
        using var telling = new Telling(config, invocation.Host.Error, config.Server.ExternalUrl, invocation.Host.Time);
        return await ReceiverTest.RunAsync(telling, name, invocation.Host.Time, cancellationToken) is { } test ? JsonSerializer.SerializeToElement(test, ApiJson.Default.ReceiverTest) : null;
    }
}
