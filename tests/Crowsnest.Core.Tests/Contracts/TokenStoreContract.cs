using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of API tokens: all that were ever made, oldest first, and since when one is revoked.</summary>
public abstract class TokenStoreContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    [Fact]
    public async Task Tokens_are_listed_oldest_first_as_they_were_made()
    {
        var tokens = Enum.GetValues<TokenRole>().Select((role, i) => Token("id" + i, i, role)).ToArray();
        await Place.OpenAsync();
        Assert.Empty(await Place.Tokens.ListAsync(Cancel));
        foreach (var token in tokens) await Place.Tokens.AddAsync(token, Cancel);
        for (var opened = 0; opened < 2; opened++, await Place.OpenAsync()) Assert.Equal(tokens.Select(Render), (await Place.Tokens.ListAsync(Cancel)).Select(Render));
    }

    [Fact]
    public async Task A_token_is_revoked_once_and_stays_in_the_list()
    {
        await Place.OpenAsync();
        await Place.Tokens.AddAsync(Token("a", 0), Cancel);
        await Place.Tokens.AddAsync(Token("b", 1), Cancel);
        Assert.False(await Place.Tokens.RevokeAsync("c", Some.Noon, Cancel));
        Assert.True(await Place.Tokens.RevokeAsync("a", Some.Noon.AddHours(1), Cancel));
        Assert.False(await Place.Tokens.RevokeAsync("a", Some.Noon.AddHours(2), Cancel));
        await Place.OpenAsync();
        Assert.Equal([("a", Some.Noon.AddHours(1)), ("b", null)], (await Place.Tokens.ListAsync(Cancel)).Select(t => (t.Id, t.RevokedAt)));
    }

    private static TokenRecord Token(string id, int minute, TokenRole role = TokenRole.Viewer) =>
        new(id, SomeIncident.Hostile, role, Enumerable.Range(minute, 32).Select(i => (byte)(i * 8)).ToArray(), Some.Noon.AddMinutes(minute));

    private static string Render(TokenRecord token) => $"{token with { Hash = default }} {Convert.ToHexString(token.Hash.Span)}";
}
