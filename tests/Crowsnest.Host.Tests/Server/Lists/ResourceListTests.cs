using Crowsnest.Server.Lists;

namespace Crowsnest.Host.Tests.Server.Lists;

public class ResourceListTests
{
    private static readonly ResourceList<Item> List = new()
    {
        Key = static i => i.Key,
        Filters = new Dictionary<string, Func<Item, string?>> { ["name"] = static i => i.Key, ["colour"] = static i => i.Colour },
        Sorts = new Dictionary<string, Func<Item, SortValue>> { ["size"] = static i => SortValue.Of(i.Size), ["colour"] = static i => SortValue.Of(i.Colour) },
        Write = static (_, _) => { },
    };

    // Goal: a page is the same as what sorting everything gives, at once or read one by one. Method: drawn items with equal sizes and colours, any order, limit and filter; all pages joined.
    [Fact]
    public async Task All_pages_together_are_the_sorted_list()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var items = Draw(random, random.Next(60));
            var (sort, isDescending, limit) = (((string[])["", "size", "colour"])[random.Next(3)], random.Next(2) == 0, random.Next(1, 20));
            var filters = random.Next(2) == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["colour"] = "RED" };
            var expected = items.Where(i => filters.Count == 0 || i.Colour == "red").Order(Comparer<Item>.Create((x, y) =>
                (sort switch { "size" => x.Size.CompareTo(y.Size), "colour" => string.CompareOrdinal(x.Colour, y.Colour), _ => 0 }) is var order and not 0 ? order : string.CompareOrdinal(x.Key, y.Key)));
            var request = new ListRequest { Sort = sort, IsDescending = isDescending, Limit = limit, Filters = filters };

            var (atOnce, oneByOne) = (new List<Item>(), new List<Item>());
            for (ListRequest? page = request; page is not null;)
            {
                var answer = List.Page(items, page);
                atOnce.AddRange(answer.Items);
                page = Next(request, answer.Next);
            }

            for (ListRequest? page = request; page is not null;)
            {
                random.Shuffle(items);
                var answer = await List.PageAsync(items.Select(i => (i.Key, (Func<Item?>)(() => i))).ToAsyncEnumerable(), page, TestContext.Current.CancellationToken);
                oneByOne.AddRange(answer.Items);
                page = Next(request, answer.Next);
            }

            Assert.Equal((seed, string.Join(' ', isDescending ? expected.Reverse() : expected)), (seed, string.Join(' ', atOnce)));
            Assert.Equal((seed, string.Join(' ', atOnce)), (seed, string.Join(' ', oneByOne)));
        }
    }

    // Goal: paging stays right while things change. Method: between pages items come, go and change; those that were there all the time are each seen once.
    [Theory]
    [InlineData("")]
    [InlineData("colour")]
    public void What_is_there_all_the_time_is_seen_once_whatever_comes_and_goes(string sort)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var items = Draw(random, 50).ToDictionary(i => i.Key);
            var steady = items.Keys.Where(_ => random.Next(2) == 0).ToHashSet();
            var seen = new List<string>();
            var request = new ListRequest { Sort = sort, Limit = random.Next(1, 8) };
            for (ListRequest? page = request; page is not null;)
            {
                var answer = List.Page(items.Values, page);
                seen.AddRange(answer.Items.Select(i => i.Key));
                page = Next(request, answer.Next);
                foreach (var key in items.Keys.Where(k => !steady.Contains(k) && random.Next(4) == 0).ToArray()) items.Remove(key);
                foreach (var item in Draw(random, 3)) items.TryAdd("new" + item.Key, item with { Key = "new" + item.Key });
                foreach (var key in items.Keys.ToArray()) items[key] = items[key] with { Size = random.Next(9) };
                if (seen.Count > 10_000) Assert.Fail("It never ends.");
                if (answer.Items.Count == 0) break;
            }

            Assert.Equal((seed, string.Join(' ', steady.Order(StringComparer.Ordinal))), (seed, string.Join(' ', seen.Where(steady.Contains).Order(StringComparer.Ordinal))));
        }
    }

    [Fact]
    public async Task An_item_that_is_read_twice_counts_as_it_was_read_last()
    {
        var old = new Item("a", 1, "red");
        var items = new[] { old, new Item("b", 2, "red"), old with { Colour = "blue" } };
        var request = new ListRequest { Filters = new Dictionary<string, string> { ["colour"] = "red" } };

        var page = await List.PageAsync(items.Select(i => (i.Key, (Func<Item?>)(() => i))).ToAsyncEnumerable(), request, TestContext.Current.CancellationToken);

        Assert.Equal(["b"], page.Items.Select(i => i.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("****")]
    [InlineData("YWJj")]
    public void What_is_no_place_is_not_read(string text) => Assert.False(ListPlace.TryRead(text, out _));

    private static ListRequest? Next(ListRequest request, string? next)
    {
        if (next is null) return null;
        Assert.True(ListPlace.TryRead(next, out var place));
        return request with { After = place };
    }

    private static Item[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(i => new Item($"k{random.Next(100_000)}-{i}", random.Next(-3, 4), random.Next(2) == 0 ? "red" : "blue"))];

    private sealed record Item(string Key, long Size, string Colour);
}
