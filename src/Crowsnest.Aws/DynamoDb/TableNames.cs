using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>What things are called in the table: one table, whose items say by their partition key what they are.</summary>
internal static class TableNames
{
    /// <summary>The partition key.</summary>
    public const string Partition = "pk";

    /// <summary>The sort key.</summary>
    public const string Sort = "sk";

    /// <summary>When an item may be deleted, in seconds since 1970 UTC: the table's time to live.</summary>
    public const string Expires = "expires";

    /// <summary>The index of what is listed by time, and its two keys. It lags behind the table, mostly by less than a second.</summary>
    public const string Listing = "listing", Listed = "listed", ListedAt = "listedAt";

    /// <summary>When something of an event expires: so long after the later of when it happened and now. A time that no clock has reached counts as ten years from now.</summary>
    public static long ExpiresAt(DateTimeOffset now, long eventMilliseconds, TimeSpan kept) =>
        Math.Max(now.ToUnixTimeSeconds(), Math.Min(eventMilliseconds / 1_000, now.AddYears(10).ToUnixTimeSeconds())) + (long)kept.TotalSeconds;

    // Well below the 2,048 and 1,024 bytes that keys may have.
    private const int NameMax = 300;

    /// <summary>The only sort key of an item that is alone in its partition.</summary>
    public const string Only = "-";

    /// <summary>What a thing of any name is called in a key: its name where it is short and plain, else a hash of it.</summary>
    public static string Of(string name) =>
        name.Length is > 0 and <= NameMax && name[0] != '~' && name.All(c => c is > ' ' and < '\u007f') ? name : "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>One of some partitions, by a name, so that no partition takes all writes.</summary>
    public static int Spread(string name, int partitions) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % partitions;

    /// <summary>A number as text whose order is that of numbers.</summary>
    public static string Sorted(long number) => number.ToString("D19", CultureInfo.InvariantCulture);
}
