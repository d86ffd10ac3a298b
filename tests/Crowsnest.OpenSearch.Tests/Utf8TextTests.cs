using System.Text;
using System.Text.Json;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>JSON strings written by hand, in blocks: what must be escaped stands anywhere in a block, and values end anywhere in one.</summary>
public sealed class Utf8TextTests
{
    [Fact]
    public void Every_value_is_read_back_as_it_was_wherever_it_must_be_escaped()
    {
        foreach (var special in (string[])["\"", "\\", "\n", "\r", "\t", "\0", "\u001f", "\u007f", "é", "\ud83d\ude00"])
        {
            for (var before = 0; before < 40; before++)
            {
                for (var after = 0; after < 20; after++)
                {
                    var value = new string('a', before) + special + special + new string(' ', after);

                    var written = new Utf8Text(1).AppendString(Encoding.UTF8.GetBytes(value)).Span.ToArray();

                    Assert.Equal(value, JsonElement.Parse(written).GetString());
                }
            }
        }
    }
}
