using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>API tokens, an item each in one partition.</summary>
/// <param name="table">The table.</param>
/// <param name="places">Numbers for their order.</param>
internal sealed class DynamoTokens(Table table, Places places) : ITokenStore
{
    private const string Partition = "tokens";

    public async ValueTask<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken)
    {
        var tokens = new List<(long Place, TokenRecord Token)>();
        await foreach (var item in table.QueryAsync(Partition, cancellationToken).ConfigureAwait(false)) tokens.Add((item.Number("place"), Read(item)));
        return [.. tokens.OrderBy(token => token.Place).Select(token => token.Token)];
    }

    public async ValueTask AddAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        cancellationToken.ThrowIfCancellationRequested();
        await table.WriteAsync(TableWrite.Put(KeyOf(token.Id), item => item.Add("place", places.Next()).Add("id", token.Id).Add("name", token.Name).Add("role", token.Role.ToString())
            .Add("hash", token.Hash.Span).Add("createdTicks", token.CreatedAt.UtcTicks)), CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await table.WriteAsync(
            TableWrite.Update(
                KeyOf(id), "SET #revokedTicks = :at", values => values.Add(":at", at.UtcTicks),
                new Condition($"attribute_exists(#{TableNames.Partition}) AND attribute_not_exists(#revokedTicks)")),
            CancellationToken.None).ConfigureAwait(false);
    }

    private static ItemKey KeyOf(string id) => new(Partition, TableNames.Of(id));

    private static TokenRecord Read(Item item) => new(
        item.Text("id") ?? "", item.Text("name") ?? "", Enum.Parse<TokenRole>(item.Text("role")!), item.Bytes("hash"), new DateTimeOffset(item.Number("createdTicks"), TimeSpan.Zero),
        item.Number("revokedTicks") is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
}
