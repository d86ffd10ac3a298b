using System.Globalization;
using System.Text;

namespace Crowsnest.Commands;

/// <summary>What could not be read: see it, or remove it.</summary>
internal static class QuarantineCommand
{
    private static readonly IReadOnlyList<Column> Columns =
        [new("ID", "id"), new("RECEIVED", "receivedAt"), new("SOURCE", "source"), new("REASON", "reason"), new("BYTES", "length"), new("MESSAGE", "message")];

    /// <summary>The list.</summary>
    public static readonly CommandSpec List = new()
    {
        Name = "quarantine list",
        Summary = "lists what could not be read, newest first",
        Arguments = "[--limit N]",
        Options = [new("--limit", "N", "at most N (100)")],
        Examples = ["crowsnest quarantine list", "crowsnest quarantine list -o ndjson --limit 1000"],
        Run = ListAsync,
    };

    /// <summary>One.</summary>
    public static readonly CommandSpec Show = new()
    {
        Name = "quarantine show",
        Summary = "writes the bytes of one, untouched; on a terminal made safe to look at",
        Arguments = "ID",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest quarantine show 17", "crowsnest quarantine show 17 > broken.json"],
        ExitCodes = [(1, "there is none with this id")],
        Run = ShowAsync,
    };

    /// <summary>Another try.</summary>
    public static readonly CommandSpec Replay = new()
    {
        Name = "quarantine replay",
        Summary = "reads some again; what can be read now is stored and leaves the quarantine",
        Arguments = "ID...",
        ArgumentsMin = 1,
        ArgumentsMax = 1000,
        Examples = ["crowsnest quarantine replay 17 18"],
        ExitCodes = [(1, "one of them still cannot be read, or is not there")],
        Run = ReplayAsync,
    };

    /// <summary>Removal.</summary>
    public static readonly CommandSpec Drop = new()
    {
        Name = "quarantine drop",
        Summary = "removes some for good",
        Arguments = "ID...",
        ArgumentsMin = 1,
        ArgumentsMax = 1000,
        Examples = ["crowsnest quarantine drop 17 18"],
        ExitCodes = [(1, "one of them is not there")],
        Run = DropAsync,
    };

    private static async Task<int> ListAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var limit = invocation.Number("--limit", 100, 1, 1000);
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), (await client.QuarantineAsync(limit, cancellationToken)).Items, Columns);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var id = Id(invocation.Arguments[0]);
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        if (await client.QuarantineBytesAsync(id, cancellationToken) is not { } bytes) return await MissingAsync(invocation, id, cancellationToken);
        if (invocation.Host.OutIsTerminal)
        {
            await invocation.Host.Out.WriteLineAsync(SafeText.Of(Encoding.UTF8.GetString(bytes)).AsMemory(), cancellationToken);
            return ExitCode.Done;
        }

        await using var output = invocation.Host.OpenOutput();
        await output.WriteAsync(bytes, cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<int> ReplayAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var ids = invocation.Arguments.Select(Id).ToList();
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var code = ExitCode.Done;
        foreach (var id in ids)
        {
            if (await client.ReplayAsync(id, cancellationToken) is not { } result)
            {
                code = await MissingAsync(invocation, id, cancellationToken);
            }
            else if (result.Refusal is { } refusal)
            {
                await invocation.Host.Error.WriteLineAsync($"crowsnest: {id.ToString(CultureInfo.InvariantCulture)} stays: {SafeText.Of(refusal)}".AsMemory(), cancellationToken);
                code = ExitCode.No;
            }
        }

        return code;
    }

    private static async Task<int> DropAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var ids = invocation.Arguments.Select(Id).ToList();
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var code = ExitCode.Done;
        foreach (var id in ids)
        {
            if (!await client.DropAsync(id, cancellationToken)) code = await MissingAsync(invocation, id, cancellationToken);
        }

        return code;
    }

    private static async Task<int> MissingAsync(Invocation invocation, long id, CancellationToken cancellationToken)
    {
        await invocation.Host.Error.WriteLineAsync($"crowsnest: nothing in quarantine has the id {id.ToString(CultureInfo.InvariantCulture)}".AsMemory(), cancellationToken);
        return ExitCode.No;
    }

    private static long Id(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new UsageException($"'{text}' is not an id; 'crowsnest quarantine list' shows them");
}
