using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>API tokens: list, make, revoke.</summary>
internal static class TokenCommand
{
    private static readonly string[] Roles = [.. Enum.GetNames<TokenRole>().Select(r => r.ToLowerInvariant())];

    private static readonly IReadOnlyList<Column> Columns =
        [new("ID", "id"), new("NAME", "name", 40), new("ROLE", "role"), new("CREATED", "createdAt"), new("REVOKED", "revokedAt")];

    /// <summary>The list.</summary>
    public static readonly CommandSpec List = new()
    {
        Name = "token list",
        Summary = "lists the API tokens, without their secrets",
        Examples = ["crowsnest token list"],
        Run = ListAsync,
    };

    /// <summary>A new one.</summary>
    public static readonly CommandSpec Create = new()
    {
        Name = "token create",
        Summary = "makes an API token and shows its secret, this once",
        Arguments = "NAME --role ROLE",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options = [new("--role", "ROLE", "ingest (sends events), viewer (reads), operator (also quarantine), admin (also tokens)", Roles)],
        Examples = ["crowsnest token create grafana --role viewer", "crowsnest token create collector --role ingest -o json > token.json"],
        Notes = ["From the first token on every caller needs one, but for health and for this machine's owner at the server's socket. Revoking the last one opens nothing."],
        Run = CreateAsync,
    };

    /// <summary>The end of one.</summary>
    public static readonly CommandSpec Revoke = new()
    {
        Name = "token revoke",
        Summary = "revokes an API token, at once",
        Arguments = "ID",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest token revoke 3f9a1c0b2d4e"],
        ExitCodes = [(1, "there is no valid token with this id")],
        Run = RevokeAsync,
    };

    private static async Task<int> ListAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), (await client.TokensAsync(cancellationToken)).Items, Columns);
        return ExitCode.Done;
    }

    private static async Task<int> CreateAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (TokensEndpoints.NameOf(invocation.Arguments[0]) is not { } name) throw new UsageException("a token's name has 1 to 100 characters and no control characters");
        if (invocation.Option("--role") is not { } text) throw new UsageException($"--role is needed: one of {string.Join(", ", Roles)}");
        var role = Enum.Parse<TokenRole>(text, ignoreCase: true);
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        RowWriter.WriteOne(invocation, invocation.Format(OutputFormat.Json), await client.CreateTokenAsync(name, role, cancellationToken));
        await invocation.Host.Error.WriteLineAsync("crowsnest: the token is shown only this once; it is kept nowhere".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        if (await client.RevokeTokenAsync(invocation.Arguments[0], cancellationToken)) return ExitCode.Done;
        await invocation.Host.Error.WriteLineAsync($"crowsnest: no valid token has the id {SafeText.Of(invocation.Arguments[0])}; 'crowsnest token list' shows them".AsMemory(), cancellationToken);
        return ExitCode.No;
    }
}
